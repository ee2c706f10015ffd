"""Change sets: which property replaces a resource, by CloudFormation's schemas. The emulator knows few types."""

from __future__ import annotations

from rehearsal.refusals.schemas import recreation


def apply() -> None:
    """Let DescribeChangeSet tell `RequiresRecreation` by the schemas, and as before for types that have none."""
    from ministack.services.cloudformation import stacks

    emulated = stacks._property_recreation

    def property_recreation(resource_type: str, name: str) -> str:
        return recreation(resource_type, name) or str(emulated(resource_type, name))

    stacks._property_recreation = property_recreation
