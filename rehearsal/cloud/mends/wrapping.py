"""Wraps the emulator's own handler of a type, to put right what it leaves out."""

from collections.abc import Callable
from typing import Any

from ..registry import Created, Properties, use_worker_thread

After = Callable[[str, Properties, Properties], None]
"""(physical id, old properties, new properties); the old ones are empty at creation."""

Attributes = Callable[[str, Properties], dict[str, Any]]


def mend(
    emulated: dict[str, Any],
    resource_type: str,
    *,
    after: After | None = None,
    attributes: Attributes | None = None,
) -> None:
    """Lets `after` run once a resource was made or changed, and adds `attributes` for Fn::GetAtt.

    `after` runs on a worker thread, so boto3 calls to the cloud itself are safe.
    """
    original = emulated[resource_type]
    changed = {**original, "create": _created(original["create"], after, attributes)}
    if "update" in original:
        changed["update"] = _updated(original["update"], after, attributes)
    emulated[resource_type] = changed
    if after:
        use_worker_thread(resource_type)


def _created(
    original: Callable[..., Created], after: After | None, attributes: Attributes | None
) -> Callable[..., Created]:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_id, known = original(logical_id, properties, stack_name)
        if after:
            after(physical_id, {}, properties)
        return physical_id, _more(known, attributes, physical_id, properties)

    return create


def _updated(
    original: Callable[..., Created], after: After | None, attributes: Attributes | None
) -> Callable[..., Created]:
    def update(physical_id: str, old: Properties, new: Properties, *more: Any) -> Created:
        changed_id, known = original(physical_id, old, new, *more)
        if after:
            after(changed_id, old if changed_id == physical_id else {}, new)
        return changed_id, _more(known, attributes, changed_id, new)

    return update


def _more(
    known: dict[str, Any] | None, attributes: Attributes | None, physical_id: str, properties: Properties
) -> dict[str, Any]:
    added = attributes(physical_id, properties) if attributes else {}
    return {**added, **(known or {})}
