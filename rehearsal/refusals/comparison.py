"""What CloudFormation will do to the resources of a stack: the deployed template against the next one.

The schemas of the resource types tell which property replaces a resource. What a replaced resource is called changes
with it, so a create-only property that refers to one replaces its own resource too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .schemas import create_only_at, naming_properties, replaced_by, same
from .values import UNKNOWN, named
from .views import Properties, Resource, Template

# Attributes that an update in place changes, so that what refers to them changes too.
_MOVING = {"AWS::EC2::LaunchTemplate": "LatestVersionNumber"}

Effect = Literal["added", "changed", "replaced", "removed"]

# What a resource of these types holds ends with it: rows, objects, log events, images, messages. What a key has
# encrypted can be read no more.
HOLDING_DATA = frozenset(
    {
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What happens to one resource. `properties` are those that differ; of a replaced one, those that replace it."""

    stack: str
    logical_id: str
    type: str
    effect: Effect
    properties: tuple[str, ...] = ()
    name: str = ""

    @property
    def loses_data(self) -> bool:
        """Whether what the resource holds ends with it."""
        return self.effect in ("replaced", "removed") and self.type in HOLDING_DATA

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        why = f": {', '.join(self.properties)}" if self.properties else ""
        return f"{self.effect} {self.type}{name} ({self.stack}, {self.logical_id}){why}"


def compare(before: Template | None, after: Template) -> list[ResourceChange]:
    """Return what an update from `before` to `after` does; without `before`, everything is added."""
    old = before.resources if before else {}
    replaced = replacements(before, after)
    moved = {*replaced, *_moving_attributes(old, after)}
    found = []
    for logical_id, resource in after.resources.items():
        was = old.get(logical_id)
        if was is None:
            found.append(_change(after, logical_id, resource, "added"))
        elif logical_id in replaced:
            found.append(_change(after, logical_id, resource, "replaced", replaced[logical_id]))
        elif changed := _differing(was.properties, resource.properties, moved):
            found.append(_change(after, logical_id, resource, "changed", changed))
    gone = [(logical_id, old[logical_id]) for logical_id in old if logical_id not in after.resources]
    return found + [_change(after, logical_id, resource, "removed") for logical_id, resource in gone]


def replacements(before: Template | None, after: Template) -> dict[str, list[str]]:
    """Return the properties that replace a resource, by the logical id of each that stays and is replaced."""
    old = before.resources if before else {}
    staying = {logical_id: each for logical_id, each in after.resources.items() if logical_id in old}
    found: dict[str, list[str]] = {}
    for logical_id, resource in staying.items():
        if old[logical_id].type != resource.type:
            found[logical_id] = ["its type"]
        elif changed := replaced_by(resource.type, old[logical_id].properties, resource.properties):
            found[logical_id] = changed
    grown = bool(found)
    while grown:
        grown = False
        for logical_id, resource in staying.items():
            if logical_id not in found and (changed := _following(resource, found)):
                found[logical_id] = changed
                grown = True
    return found


def _moving_attributes(old: Mapping[str, Resource], after: Template) -> Iterator[str]:
    """`LogicalId.Attribute` of each attribute that an update in place changes."""
    for logical_id, resource in after.resources.items():
        attribute = _MOVING.get(resource.type)
        if attribute and logical_id in old and not same(old[logical_id].properties, resource.properties):
            yield f"{logical_id}.{attribute}"


def _following(resource: Resource, replaced: dict[str, list[str]]) -> list[str]:
    """The create-only properties that refer to a replaced resource."""
    values = create_only_at(resource.type, resource.properties)
    return sorted(path for path, value in values.items() if _mentions(value, replaced))


def _differing(before: Properties, after: Properties, moved: Collection[str]) -> list[str]:
    names = {**before, **after}
    return sorted(
        name
        for name in names
        if not same(before.get(name), after.get(name)) or _mentions(after.get(name), moved)
    )


def _mentions(value: Any, moved: Collection[str]) -> bool:
    """Whether a value refers to a resource of these logical ids, or to one of these attributes."""
    return any(name in moved for name in _named_in(value))


def _named_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _named_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named_in(item)
    elif isinstance(value, str):
        for placeholder in UNKNOWN.findall(value):
            yield from (named(placeholder), placeholder[2:-1])


def _change(
    template: Template,
    logical_id: str,
    resource: Resource,
    effect: Effect,
    properties: list[str] | None = None,
) -> ResourceChange:
    parts = [str(resource.properties.get(name) or "") for name in naming_properties(resource.type)]
    return ResourceChange(
        stack=template.stack,
        logical_id=logical_id,
        type=resource.type,
        effect=effect,
        properties=tuple(properties or ()),
        name=" ".join(part for part in parts if part and not UNKNOWN.search(part)),
    )
