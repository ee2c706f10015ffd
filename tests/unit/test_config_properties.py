"""Whatever is wrong with an environment, and however much of it: one message names every wrong field."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from portal_stage.errors import ConfigurationError, collecting_errors
from tests.configurations import WRONG, Values, build, environments, paths, replaced
from tests.unit.examples import an_environment

# The same examples in every run; no clock that fails a run on a busy machine, and no minute spent on a smaller example.
quickly = settings(max_examples=60, derandomize=True, deadline=None, database=None, phases=[Phase.generate])


@st.composite
def mistakes(draw: st.DrawFn) -> tuple[Values, list[str]]:
    """An environment with some wrong fields, and the paths of those."""
    values = draw(environments())
    candidates = [path for path in paths(values) if path.rpartition(".")[2] in WRONG]
    chosen = draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=8, unique=True))
    # What stands within a wrong part is not there.
    wrong = [path for path in chosen if not any(path.startswith(f"{other}.") for other in chosen)]
    for path in wrong:
        values = replaced(values, path, draw(st.sampled_from(WRONG[path.rpartition(".")[2]])))
    return values, wrong


def _problems(values: Values) -> list[str]:
    """The lines of the one message."""
    try:
        with collecting_errors():
            build(values)
    except ConfigurationError as error:
        return str(error).splitlines()
    return []


def _value(values: Values, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _told(values: Values, path: str) -> str:
    """How a problem with this field begins."""
    part, _, name = path.rpartition(".")
    prefix = f"environment {values['suffix']!r}: {part + '.' if part else ''}"
    if name == "cpu":
        return f"{prefix}cpu and memory {(_value(values, path), _value(values, part)['memory'])!r}: use "
    called = "environment_suffix" if name == "suffix" else name
    return f"{prefix}{called} {_value(values, path)!r}: use "


@quickly
@given(environments())
def test_what_the_rules_admit_is_taken(values: Values) -> None:
    assert _problems(values) == []


@quickly
@given(mistakes())
def test_one_message_names_every_wrong_field_and_no_other(drawn: tuple[Values, list[str]]) -> None:
    values, wrong = drawn
    problems = _problems(values)
    assert len(problems) == len(wrong)
    for path in wrong:
        (problem,) = [one for one in problems if one.startswith(_told(values, path))]
        assert ", for example " in problem


@quickly
@given(mistakes())
def test_the_examples_of_the_message_mend_the_environment(drawn: tuple[Values, list[str]]) -> None:
    values, _ = drawn
    # An example for a whole part is no value; and one for a limit may put another limit in the wrong.
    for _ in range(3):
        told = [problem for problem in _problems(values) if "(...)" not in problem]
        wrong = [one for problem in told for one in paths(values) if problem.startswith(_told(values, one))]
        for path, problem in zip(wrong, told, strict=True):
            example = ast.literal_eval(problem.rpartition(", for example ")[2].partition(" or ")[0])
            values = _mended(values, path, example)
    assert [problem for problem in _problems(values) if "(...)" not in problem] == []


def _mended(values: Values, path: str, example: Any) -> Values:
    part, _, name = path.rpartition(".")
    if name != "cpu":
        return replaced(values, path, example)
    cpu, memory = example
    return replaced(replaced(values, path, cpu), f"{part}.memory", memory)


@pytest.mark.parametrize("name", sorted(WRONG))
def test_every_wrong_value_is_refused_by_itself(name: str) -> None:
    # So that none of the values above is right by mistake.
    values = dataclasses.asdict(an_environment())
    path = next(path for path in paths(values) if path.rpartition(".")[2] == name)
    for value in WRONG[name]:
        assert len(_problems(replaced(values, path, value))) == 1, value


def test_every_field_has_wrong_values() -> None:
    fields = {path.rpartition(".")[2] for path in paths(dataclasses.asdict(an_environment()))}
    # Told with the CPU units, and parts that others stand for.
    alike = {"memory", "partner", "frontend", "backend", "api", "alarms"}
    assert fields - WRONG.keys() == alike
