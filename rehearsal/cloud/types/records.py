"""Resource types of services that the emulator has no API for: kept as they are declared, for others to read."""

import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..here import current_account
from ..registry import Created, Properties, register


class Record(NamedTuple):
    """A declared resource: its account, its physical id, its resolved properties."""

    account: str
    id: str
    properties: Properties


_records: dict[str, dict[tuple[str, str], Properties]] = {}
_lock = threading.Lock()


def recorded(resource_type: str) -> Iterator[Record]:
    """Every resource of the type, of all accounts."""
    with _lock:
        kept = list(_records.get(resource_type, {}).items())
    return (Record(account, physical_id, properties) for (account, physical_id), properties in kept)


def keep(resource_type: str, kept: Record) -> None:
    """Adds a record, or replaces the one of the same account and id."""
    with _lock:
        _records.setdefault(resource_type, {})[kept.account, kept.id] = kept.properties


def forget_all() -> None:
    """Drops every record; for the end of a cloud."""
    with _lock:
        _records.clear()


def kept() -> dict[str, dict[tuple[str, str], Properties]]:
    """Every record by its type, then by account and id; for a snapshot."""
    with _lock:
        return {resource_type: dict(records) for resource_type, records in _records.items()}


def put_back(records: dict[str, dict[tuple[str, str], Properties]]) -> None:
    """Takes up what `kept` gave."""
    with _lock:
        _records.update(records)


def record(
    resource_type: str,
    *,
    id: Callable[[Properties], str],
    attributes: Callable[[str, Properties], Mapping[str, Any]] = lambda _, __: {},
    fixed: tuple[str, ...] = (),
    check: Callable[[Properties], None] | None = None,
) -> None:
    """Registers a type that is only recorded. `fixed` properties replace the resource when they change."""

    def put(physical_id: str, properties: Properties) -> Created:
        if check:
            check(properties)
        keep(resource_type, Record(current_account(), physical_id, properties))
        return physical_id, dict(attributes(physical_id, properties))

    def update(physical_id: str, old: Properties, new: Properties, _: str) -> Created | None:
        if any(old.get(name) != new.get(name) for name in fixed):
            return None
        return put(physical_id, new)

    def delete(physical_id: str, _: Properties) -> None:
        with _lock:
            _records.get(resource_type, {}).pop((current_account(), physical_id), None)

    register(
        resource_type,
        create=lambda _, declared, __: put(id(declared), declared),
        update=update,
        delete=delete,
    )


def short_id(_: Properties) -> str:
    """An id of lower-case letters and digits, as API Gateway gives."""
    return uuid.uuid4().hex[:10]


def refuse_unless(pattern: str, value: Any, sentence: str) -> None:
    """Raises ValueError with AWS's sentence if `value` is not of the pattern."""
    if not re.fullmatch(pattern, str(value)):
        raise ValueError(sentence)
