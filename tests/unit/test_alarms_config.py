"""Thresholds that make sense."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from portal_stage.errors import ConfigurationError, collecting_errors
from portal_stage.operations.config import AlarmConfig
from tests.unit.examples import an_environment


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(AlarmConfig)])
@pytest.mark.parametrize("value", [0, -1, "1", True, 2_000_000])
def test_a_threshold_that_never_or_always_rings_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        AlarmConfig(**{field: value})
    (problem,) = refusal.value.problems
    assert problem.startswith(f"{field} {value!r}: use ")
    assert ", for example " in problem


def test_a_threshold_is_reported_with_its_environment() -> None:
    with (
        pytest.raises(ConfigurationError, match=r"^environment 'test': alarms\.latency_ms 0: "),
        collecting_errors(),
    ):
        an_environment(alarms=AlarmConfig(latency_ms=0))


def test_a_share_may_be_less_than_a_percent() -> None:
    assert AlarmConfig(error_percent=0.1).error_percent == 0.1
