"""Can customers reach what was just deployed? Three doors, each tested by itself; see `environment.py` for what
the tests need to know, and `x-served-by` in the applications' answers for how they know who answered."""
