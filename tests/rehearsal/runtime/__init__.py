"""Tests of what runs, each with a cloud of its own."""
