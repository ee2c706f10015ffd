"""The body of a request, read and checked by the service model that botocore carries."""

import json
import re
from typing import Any

from .errors import ConstraintError, RefusedError

# AWS takes no longer ones; a pipeline's declaration is at most 1 MB.
LONGEST_BODY = 2 * 1024 * 1024
_MOST_PROBLEMS = 10
_LONGEST_SHOWN = 200
_WIDTHS = {"integer": 31, "long": 63}


def read(shape: Any, body: bytes) -> dict[str, Any]:
    """The parameters of a request whose input has this shape. Members that the model lacks are left out.

    Raises RefusedError (SerializationException) for what is no JSON or of another type, and ConstraintError for
    what is too short or long, no word of an enum, against a pattern, or missing.
    """
    if len(body) > LONGEST_BODY:
        raise RefusedError("RequestEntityTooLargeException", "Request entity too large", status=413)
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise _unreadable("the body is no JSON") from error
    problems = _Problems()
    parameters: dict[str, Any] = _structure(shape, value, "", problems)
    problems.raise_any()
    return parameters


class _Problems:
    """Broken constraints, as AWS words them."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    def add(self, value: Any, path: str, rule: str) -> None:
        if len(self._sentences) < _MOST_PROBLEMS:
            shown = "null" if value is None else f"'{str(value)[:_LONGEST_SHOWN]}'"
            self._sentences.append(
                f"Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"
            )

    def bounds(self, shape: Any, size: int, value: Any, path: str, what: str) -> None:
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if low is not None and size < low:
            self.add(value, path, f"have {what} greater than or equal to {low}")
        if high is not None and size > high:
            self.add(value, path, f"have {what} less than or equal to {high}")

    def raise_any(self) -> None:
        if self._sentences:
            count = len(self._sentences)
            plural = "" if count == 1 else "s"
            raise ConstraintError(f"{count} validation error{plural} detected: {'; '.join(self._sentences)}")


def _structure(shape: Any, value: Any, path: str, problems: _Problems) -> dict[str, Any]:
    _expect(isinstance(value, dict), path, "a structure")
    answer = {}
    for name, member in shape.members.items():
        here = f"{path}.{name}" if path else name
        if value.get(name) is not None:
            answer[name] = _READERS[member.type_name](member, value[name], here, problems)
        elif name in shape.required_members:
            problems.add(None, here, "not be null")
    return answer


def _list(shape: Any, value: Any, path: str, problems: _Problems) -> list[Any]:
    _expect(isinstance(value, list), path, "a list")
    problems.bounds(shape, len(value), value, path, "length")
    _expect(None not in value, path, "a list without null")
    member = shape.member
    reader = _READERS[member.type_name]
    return [reader(member, item, f"{path}.{n}.member", problems) for n, item in enumerate(value, 1)]


def _map(shape: Any, value: Any, path: str, problems: _Problems) -> dict[str, Any]:
    _expect(isinstance(value, dict), path, "a map")
    problems.bounds(shape, len(value), value, path, "length")
    _expect(None not in value.values(), path, "a map without null")
    reader = _READERS[shape.value.type_name]
    return {
        _string(shape.key, key, f"{path}.key", problems): reader(shape.value, item, f"{path}.{key}", problems)
        for key, item in value.items()
    }


def _integer(shape: Any, value: Any, path: str, problems: _Problems) -> int:
    _expect(isinstance(value, int) and not isinstance(value, bool), path, "a whole number")
    _expect(-(2 ** _WIDTHS[shape.type_name]) <= value < 2 ** _WIDTHS[shape.type_name], path, "in range")
    problems.bounds(shape, value, value, path, "value")
    return int(value)


def _boolean(_shape: Any, value: Any, path: str, _problems: _Problems) -> bool:
    _expect(isinstance(value, bool), path, "true or false")
    return bool(value)


def _string(shape: Any, value: Any, path: str, problems: _Problems) -> str:
    _expect(isinstance(value, str), path, "a string")
    _expect(not any("\ud800" <= character <= "\udfff" for character in value), path, "valid Unicode")
    problems.bounds(shape, len(value), value, path, "length")
    words, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if words and value not in words:
        problems.add(value, path, f"satisfy enum value set: [{', '.join(words)}]")
    if pattern and not re.fullmatch(pattern, value):
        problems.add(value, path, f"satisfy regular expression pattern: {pattern}")
    return str(value)


_READERS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
    "string": _string,
}


def _expect(holds: bool, path: str, wanted: str) -> None:
    if not holds:
        raise _unreadable(f"'{path[:_LONGEST_SHOWN] or 'the body'}' is not {wanted}")


def _unreadable(what: str) -> RefusedError:
    return RefusedError("SerializationException", f"The request cannot be read: {what}")
