"""Answers, shaped by the service model that botocore carries."""

import json
from collections.abc import Mapping
from typing import Any

from .errors import ShapeError


def write(shape: Any, answer: Mapping[str, Any]) -> bytes:
    """The body of an answer with this output shape, None for an operation that answers nothing.

    Members that are None are left out. A text is cut at its longest. Times are seconds since the epoch.
    Raises ShapeError for a member that the model lacks, one of another type, or a missing one.
    """
    if shape is None:
        if answer:
            raise ShapeError(f"an answer where the model has none: {sorted(answer)}")
        return b""
    return json.dumps(_shaped(shape, answer, shape.name)).encode()


def _shaped(shape: Any, value: Any, path: str) -> Any:
    match shape.type_name:
        case "structure":
            _expect(isinstance(value, Mapping), path, value, "a structure")
            return _structure(shape, value, path)
        case "list":
            _expect(isinstance(value, list | tuple), path, value, "a list")
            return [_shaped(shape.member, item, f"{path}[{n}]") for n, item in enumerate(value)]
        case "map":
            _expect(isinstance(value, Mapping), path, value, "a map")
            return {str(key): _shaped(shape.value, item, f"{path}.{key}") for key, item in value.items()}
        case "timestamp":
            _expect(isinstance(value, int | float), path, value, "seconds since the epoch")
            return round(value, 3)
        case "integer" | "long":
            _expect(isinstance(value, int) and not isinstance(value, bool), path, value, "a whole number")
            return value
        case "boolean":
            _expect(isinstance(value, bool), path, value, "true or false")
            return value
        case _:
            return _text(shape, value, path)


def _structure(shape: Any, value: Mapping[str, Any], path: str) -> dict[str, Any]:
    unknown = value.keys() - shape.members.keys()
    if unknown:
        raise ShapeError(f"{path}: the model has no {', '.join(sorted(unknown))}")
    made = {
        name: _shaped(shape.members[name], item, f"{path}.{name}")
        for name, item in value.items()
        if item is not None
    }
    missing = [name for name in shape.required_members if name not in made]
    if missing:
        raise ShapeError(f"{path}: {', '.join(missing)} is missing")
    return made


def _text(shape: Any, value: Any, path: str) -> str:
    _expect(isinstance(value, str), path, value, "a string")
    words = shape.metadata.get("enum")
    if words and value not in words:
        raise ShapeError(f"{path} is '{value}': one of {', '.join(words)}")
    return str(value)[: shape.metadata.get("max")]


def _expect(holds: bool, path: str, value: Any, wanted: str) -> None:
    if not holds:
        raise ShapeError(f"{path} is of type {type(value).__name__}, not {wanted}")
