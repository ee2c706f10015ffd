"""What runs: containers, databases and builds as local processes that never outlive the rehearsal."""
