"""The CloudFormation resource types that the rehearsal adds to the emulator, or takes over from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .here import current_account

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""Physical id (what `Ref` gives) and attributes (what `Fn::GetAtt` gives)."""

Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties, str], Created | None]
"""None: the change cannot be made in place, so the resource is replaced."""

Delete = Callable[[str, Properties], None]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How the resources of one type are made, changed and removed."""

    type: str
    create: Create
    update: Update | None = None
    delete: Delete | None = None

    def as_emulated(self) -> dict[str, Any]:
        """The handler in the form of the emulator's own table."""
        return {
            "create": self._create,
            "update": self._update_or_replace,
            "update_with_logical_id": True,
            "delete": self._delete,
        }

    def _create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        return self._remembered(self.create(logical_id, properties, stack_name))

    def _update_or_replace(
        self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        """The emulator deletes the predecessor after the update if the physical id is another."""
        updated = self.update(physical_id, old, new, stack_name) if self.update else None
        if updated is None:
            return self._create(logical_id, new, stack_name)
        before = _attributes.get((self.type, current_account(), physical_id), {})
        return self._remembered((updated[0], before | updated[1]))

    def _delete(self, physical_id: str, properties: Properties) -> None:
        if self.delete:
            self.delete(physical_id, properties)
        _attributes.pop((self.type, current_account(), physical_id), None)

    def _remembered(self, created: Created) -> Created:
        _attributes[self.type, current_account(), created[0]] = created[1]
        return created


Attributes = dict[tuple[str, str, str], dict[str, Any]]

_attributes: Attributes = {}
"""By type, account and physical id: the emulator forgets a resource's attributes when it is updated."""

_handlers: dict[str, Handler] = {}
_blocking: set[str] = set()
_emulated: dict[str, Any] | None = None


def register(
    resource_type: str, *, create: Create, update: Update | None = None, delete: Delete | None = None
) -> None:
    """Let CloudFormation make `resource_type` by these functions, before the cloud starts or while it runs.

    - `create(logical_id, properties, stack_name) -> (physical_id, attributes)`
    - `update(physical_id, old, new, stack_name) -> (physical_id, attributes)`; without it, or where it
      answers None, a changed resource is replaced: created anew, the old one deleted after the update
    - `delete(physical_id, properties)`; without it the resource is simply forgotten

    All run on worker threads, so boto3 calls to the cloud itself are safe. An exception's text becomes the
    reason of the failed event.
    """
    _handlers[resource_type] = Handler(type=resource_type, create=create, update=update, delete=delete)
    if _emulated is not None:
        _emulated[resource_type] = _handlers[resource_type].as_emulated()


def use_worker_thread(resource_type: str) -> None:
    """Let the handler of an emulated type leave the event loop, because it calls the cloud itself."""
    _blocking.add(resource_type)


def blocks(resource_type: str) -> bool:
    """Whether the handler of `resource_type` must run on a worker thread."""
    return resource_type in _handlers or resource_type in _blocking


def forget_resources() -> None:
    """Drops what is remembered of single resources; for the end of a cloud."""
    _attributes.clear()


def remembered() -> Attributes:
    """What is remembered of single resources; for a snapshot."""
    return dict(_attributes)


def remember(attributes: Attributes) -> None:
    """Puts back what was remembered."""
    _attributes.update(attributes)


def install(emulated: dict[str, Any]) -> None:
    """Put every registered type into the emulator's table, and later ones as they are registered."""
    global _emulated
    _emulated = emulated
    for resource_type, handler in _handlers.items():
        emulated[resource_type] = handler.as_emulated()
