"""The checks, by the tier that they look at: each yields the logical id and what of it AWS refuses."""
