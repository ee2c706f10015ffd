"""What the templates cost while nobody uses what they make: `python -m cost` writes `docs/cost.md`.

It reads a cloud assembly and `prices.toml`, and knows nothing else of the portal.
"""
