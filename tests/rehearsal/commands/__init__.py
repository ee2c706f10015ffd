"""Tests of the rehearsal's commands."""
