"""CloudFormation acts as the role that a stack was given: what the role may not make, change or remove fails."""

from typing import Any

from ..auth import Verb, refusal_of_resource
from ..registry import Properties


def apply() -> None:
    """Lets each of CloudFormation's own steps ask first."""
    from ministack.services.cloudformation import stacks

    provision, update, delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def provision_resource(type_: str, logical_id: str, properties: Properties, stack: str) -> Any:
        _check(stack, "create", type_, properties)
        return provision(type_, logical_id, properties, stack)

    def update_resource(
        type_: str, id_: str, old: Properties, new: Properties, stack: str, *more: Any
    ) -> Any:
        if old != new:  # the emulator goes through all of a stack's resources, AWS through those that change
            _check(stack, "update", type_, new)
        return update(type_, id_, old, new, stack, *more)

    def delete_resource(type_: str, id_: str, properties: Properties, stack: str, *more: Any) -> Any:
        _check(stack, "delete", type_, properties)
        return delete(type_, id_, properties, stack, *more)

    stacks._provision_resource = provision_resource
    stacks._update_resource = update_resource
    stacks._delete_resource = delete_resource


def _check(stack: str, verb: Verb, resource_type: str, properties: Properties) -> None:
    """Raises PermissionError, whose text becomes the reason of the failed event."""
    from ministack.services.cloudformation import _stacks

    role = (_stacks.get(stack) or {}).get("RoleARN")
    if role and (reason := refusal_of_resource(role, verb, resource_type, properties)):
        raise PermissionError(reason)
