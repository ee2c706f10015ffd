"""How wrong configuration is reported: every problem of an object, or of a whole file, in one message."""

from __future__ import annotations

import abc
import dataclasses
import difflib
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


class _LeftOut:
    """Stands in a field that has no default and was not given: the field's own rule then tells it."""

    def __repr__(self) -> str:
        return "(left out)"


LEFT_OUT = _LeftOut()
_MISNAMED = "_misnamed"


class _Buildable(abc.ABCMeta):
    """Builds an object from whatever it is given, so that one wrong field does not hide the others."""

    def __call__(cls, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        fields = {field.name: field for field in dataclasses.fields(typing.cast(typing.Any, cls))}
        required = {
            name
            for name, field in fields.items()
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        }
        misnamed = [_misnamed(name, fields) for name in kwargs if name not in fields]
        if args:
            example = f"{cls.__name__}({next(iter(fields))}=...)"
            misnamed.append(f"{cls.__name__}: write the name of each field, for example '{example}'")
        given = {name: value for name, value in kwargs.items() if name in fields}
        left_out = dict.fromkeys(required - given.keys(), LEFT_OUT)
        # Set before `__post_init__` asks for the problems.
        token = _building.set(tuple(misnamed))
        try:
            return super().__call__(**given, **left_out)
        finally:
            _building.reset(token)


_building: ContextVar[tuple[str, ...]] = ContextVar("misnamed_fields", default=())


def _misnamed(name: str, fields: typing.Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(fields), n=1)
    rule = f"did you mean {near[0]!r}?" if near else f"its fields are {', '.join(fields)}"
    return f"{name}: there is no such field; {rule}"


class Checked(metaclass=_Buildable):
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
        # Frozen, as every configuration is.
        object.__setattr__(self, _MISNAMED, _building.get())
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
    except NameError as error:
        # A block that was removed, or a misspelt class; what was built before is told all the same.
        collector.add(f"{error}: write it above, or do not name it")
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
    misnamed: tuple[str, ...] = getattr(whole, _MISNAMED)
    yield from (prefix + problem for problem in (*misnamed, *_misplaced(whole), *whole.problems()))
    for name, part in _parts(whole):
        yield from _all_problems(part, f"{prefix}{name}.")
