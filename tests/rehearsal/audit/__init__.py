"""Tests that share one cloud, from the first of the folder to the last."""
