"""Standing rehearsals of the small project for the whole folder."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .operator import Operator


@dataclass(frozen=True)
class Unanswered:
    """A push that waits at a gate that expires, and its operator, who looks away."""

    operator: Operator
    execution: str


@pytest.fixture(scope="package", autouse=True)
def unanswered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unanswered]:
    """Pushed before all other tests: AWS's shortest time-out is five minutes, which pass while they run."""
    operator = Operator(tmp_path_factory.mktemp("unanswered"))
    operator.commit("nobody will answer", gate_minutes=5)
    operator.command("up")
    try:
        execution = operator.push("wait in vain", greeting="in vain")
        operator.waits_for_approval(execution)
        yield Unanswered(operator, execution)
    finally:
        operator.command("down")


@pytest.fixture(scope="package")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    operator = Operator(tmp_path_factory.mktemp("greeting"))
    operator.commit("the first greeting")
    operator.command("up")
    try:
        yield operator
    finally:
        operator.command("down")
