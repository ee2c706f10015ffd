"""The rehearsal: a local AWS in which a synthesized CDK pipeline runs for real, on one machine."""
