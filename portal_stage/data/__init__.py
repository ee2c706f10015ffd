"""The monthly tier: Aurora and the session tables."""
