"""The CloudFormation resource types that the rehearsal adds to the emulator, or takes over from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""Physical id (what `Ref` gives) and attributes (what `Fn::GetAtt` gives)."""

Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties, str], Created]
Delete = Callable[[str, Properties], None]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How the resources of one type are made, changed and removed."""

    create: Create
    update: Update | None = None
    delete: Delete | None = None

    def as_emulated(self) -> dict[str, Any]:
        """The handler in the form of the emulator's own table."""
        entry: dict[str, Any] = {"create": self.create, "delete": self.delete or _nothing_to_delete}
        if self.update:
            entry["update"] = self.update
        return entry


def _nothing_to_delete(_physical_id: str, _properties: Properties) -> None:
    return None


_handlers: dict[str, Handler] = {}
_emulated: dict[str, Any] | None = None


def register(
    resource_type: str, *, create: Create, update: Update | None = None, delete: Delete | None = None
) -> None:
    """Let CloudFormation make `resource_type` by these functions, before the cloud starts or while it runs.

    - `create(logical_id, properties, stack_name) -> (physical_id, attributes)`
    - `update(physical_id, old, new, stack_name) -> (physical_id, attributes)`; without it, or where it
      answers another id, a changed resource is replaced: created anew, the old one deleted after the update
    - `delete(physical_id, properties)`; without it the resource is simply forgotten

    All run on worker threads, so boto3 calls to the cloud itself are safe. An exception's text becomes the
    reason of the failed event.
    """
    _handlers[resource_type] = Handler(create=create, update=update, delete=delete)
    if _emulated is not None:
        _emulated[resource_type] = _handlers[resource_type].as_emulated()


def registered(resource_type: str) -> bool:
    """Whether the rehearsal, not the emulator, handles `resource_type`."""
    return resource_type in _handlers


def install(emulated: dict[str, Any]) -> None:
    """Put every registered type into the emulator's table, and later ones as they are registered."""
    global _emulated
    _emulated = emulated
    for resource_type, handler in _handlers.items():
        emulated[resource_type] = handler.as_emulated()
