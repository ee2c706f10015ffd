"""Where a described value does not hold what a declared one says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def differences(declared: Any, described: Any, path: str = "") -> Iterator[str]:
    """Paths in `declared`, such as `.Rules[0].Status`, that `described` lacks or says otherwise.

    `described` may say more. Names are compared without regard to case, scalars as strings, lists without
    regard to order, tags as maps, JSON texts as the documents that they are.
    """
    declared, described = _plain(declared), _plain(described)
    if _empty(declared) and _empty(described):
        return
    if isinstance(declared, Mapping) and isinstance(described, Mapping):
        spelled = {str(name).lower(): value for name, value in described.items()}
        for name, value in declared.items():
            yield from differences(value, spelled.get(str(name).lower()), f"{path}.{name}")
    elif isinstance(declared, list) and isinstance(described, list):
        for position, item in enumerate(declared):
            candidates = [list(differences(item, other, f"{path}[{position}]")) for other in described]
            yield from min(candidates, key=len, default=[f"{path}[{position}]"])
    elif isinstance(described, list) and described:
        yield from min((list(differences(declared, other, path)) for other in described), key=len)
    elif isinstance(declared, list) and len(declared) == 1:
        yield from differences(declared[0], described, path)
    elif isinstance(declared, Mapping) or isinstance(described, Mapping) or not _same(declared, described):
        yield path


def _empty(value: Any) -> bool:
    """Nothing said: absent, empty, off, or a mapping or list of nothing but that."""
    if isinstance(value, Mapping):
        return all(_empty(item) for item in value.values())
    if isinstance(value, list):
        return all(_empty(item) for item in value)
    return value is None or value == "" or str(value).lower() in ("false", "0", "none", "disabled")


def _plain(value: Any) -> Any:
    """Tags as a map, `{Quantity, Items}` as a list, a JSON text as its document."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, Mapping) and "Quantity" in value:
        items = value.get("Items", [])
        rest = {name: item for name, item in value.items() if name not in ("Quantity", "Items")}
        return items if not rest else {"Items": items, **rest}
    if isinstance(value, list) and value and all(_is_tag(item) for item in value):
        return {_member(item, "key"): _member(item, "value") for item in value}
    return value


def _is_tag(item: Any) -> bool:
    return isinstance(item, Mapping) and {"key", "value"} <= {str(name).lower() for name in item}


def _member(item: Mapping[str, Any], wanted: str) -> Any:
    return next(value for name, value in item.items() if name.lower() == wanted)


def _same(declared: Any, described: Any) -> bool:
    return _scalar(declared) == _scalar(described)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(".").lower() if value is not None else ""
