"""Dataclasses as JSON and back, by their own type hints."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


def text(value: Any) -> str:
    """A dataclass, with those inside it, as JSON; paths become strings."""
    return json.dumps(asdict(value), default=str)


def read(kind: type[Kind], document: str) -> Kind:
    """The dataclass that `text` wrote. A field that the class no longer has is left out."""
    made: Kind = _value(kind, json.loads(document))
    return made


def _value(kind: Any, plain: Any) -> Any:
    if plain is None:
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _value(next(one for one in arguments if one is not NoneType), plain)
    if origin is tuple:
        return tuple(_value(arguments[0], item) for item in plain)
    if origin in (dict, Mapping):
        return {key: _value(arguments[1], item) for key, item in plain.items()}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        fields = {name: _value(hints[name], item) for name, item in plain.items() if name in hints}
        made: Any = kind
        return made(**fields)
    return Path(plain) if kind is Path else plain
