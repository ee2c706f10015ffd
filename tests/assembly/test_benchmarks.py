"""The benchmark measures a synthesis that succeeds; how fast it is, no test says."""

from __future__ import annotations

from benchmarks.synth import VARIANTS, user_seconds


def test_what_is_measured_succeeds() -> None:
    command, variables = next(iter(VARIANTS.values()))
    assert user_seconds(command, variables) > 0
