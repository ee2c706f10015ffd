"""How wrong configuration is reported: every problem of an object, or of a whole file, in one message."""

from __future__ import annotations

import abc
import dataclasses
import typing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from portal_stage.rules import problem


class ConfigurationError(ValueError):
    """Configuration that breaks its rules; `problems` holds one sentence per broken rule."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Checked(abc.ABC):
    """Base of the configuration dataclasses: checked on construction, parts included.

    Raises:
        ConfigurationError: on construction, unless `collecting_errors` is at work.
    """

    @property
    def label(self) -> str:
        """What precedes the field in a problem: nothing, or which environment it is."""
        return ""

    @abc.abstractmethod
    def problems(self) -> Iterator[str]:
        """The broken rules of this object's own fields, each `field 'value': rule, example`."""

    def __post_init__(self) -> None:
        collector = _collector.get()
        if collector is not None:
            collector.watch(self)
        elif found := tuple(_all_problems(self)):
            raise ConfigurationError(found)


class ErrorCollector:
    """The problems found inside one `collecting_errors` block."""

    def __init__(self) -> None:
        self._watched: list[Checked] = []
        self._added: list[str] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything found so far; a part's problems are told by the object that holds it."""
        parts = {id(part) for whole in self._watched for _, part in _parts(whole)}
        wholes = [whole for whole in self._watched if id(whole) not in parts]
        return (*(problem for whole in wholes for problem in _all_problems(whole)), *self._added)

    def add(self, problem: str) -> None:
        """Add a problem that no single object can see, such as two equal suffixes."""
        self._added.append(problem)

    def watch(self, checked: Checked) -> None:
        """Take the object's problems over instead of letting its construction raise them."""
        self._watched.append(checked)


_collector: ContextVar[ErrorCollector | None] = ContextVar("error_collector", default=None)


@contextmanager
def collecting_errors() -> Iterator[ErrorCollector]:
    """Let every object of the block be built, then report all that is wrong with them at once.

    Raises:
        ConfigurationError: at the end of the block, with every problem found in it.
    """
    collector = ErrorCollector()
    token = _collector.set(collector)
    try:
        yield collector
    finally:
        _collector.reset(token)
    if collector.problems:
        raise ConfigurationError(collector.problems)


def _parts(whole: Checked) -> Iterator[tuple[str, Checked]]:
    if not dataclasses.is_dataclass(whole):
        return
    for field in dataclasses.fields(whole):
        value = getattr(whole, field.name)
        if isinstance(value, Checked):
            yield field.name, value


def _misplaced(whole: Checked) -> Iterator[str]:
    """The fields that want a part and hold something else."""
    for name, kind in typing.get_type_hints(type(whole)).items():
        if (
            isinstance(kind, type)
            and issubclass(kind, Checked)
            and not isinstance(getattr(whole, name), kind)
        ):
            yield problem(name, getattr(whole, name), "use an object", example=f"{kind.__name__}(...)")


def _all_problems(whole: Checked, path: str = "") -> Iterator[str]:
    prefix = whole.label + path
    yield from (prefix + problem for problem in (*_misplaced(whole), *whole.problems()))
    for name, part in _parts(whole):
        yield from _all_problems(part, f"{prefix}{name}.")
