"""Which changes replace a resource, by CloudFormation's own schemas; cfn-lint brings them along."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from .views import Properties

REGION = "us-east-1"
# What a schema calls conditional, and what replaces the resource whatever else it says.
_REPLACING = {
    "AWS::DynamoDB::GlobalTable": {("KeySchema",), ("LocalSecondaryIndexes",)},
    "AWS::DynamoDB::Table": {("KeySchema",)},
    "AWS::RDS::DBCluster": {("Engine",), ("MasterUsername",)},
}
_NAME = re.compile(r"[A-Z][a-z0-9]*")


@cache
def create_only(type_: str) -> frozenset[tuple[str, ...]]:
    """The properties, by their paths, that cannot change but by a replacement. None for a type without a schema."""
    return frozenset(
        tuple(path.removeprefix("/properties/").split("/")) for path in _schema(type_)("createOnlyProperties")
    )


def replaced_by(type_: str, before: Properties, after: Properties) -> list[str]:
    """The properties whose change replaces a resource of this type, as paths; 443 and "443" are the same."""
    replacing = create_only(type_) | _REPLACING.get(type_, set())
    return sorted("/".join(path) for path in replacing if not same(_at(before, path), _at(after, path)))


def recreation(type_: str, name: str) -> str:
    """Whether a change of a property replaces the resource, in the words of a change set; empty without a schema.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
    """
    if not _schema(type_)("properties"):
        return ""
    replacing = create_only(type_) | _REPLACING.get(type_, set())
    conditional = {path.split("/")[2] for path in _schema(type_)("conditionalCreateOnlyProperties")}
    if (name,) in replacing:
        return "Always"
    return "Conditionally" if name in conditional or any(path[0] == name for path in replacing) else "Never"


def create_only_at(type_: str, properties: Properties) -> dict[str, Any]:
    """The values of the create-only properties, by their paths."""
    return {"/".join(path): _at(properties, path) for path in create_only(type_)}


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to CloudFormation, which takes 443 and "443" as one."""
    return bool(_text(one) == _text(other))


@cache
def naming_properties(type_: str) -> tuple[str, ...]:
    """The properties that together give a resource a name of its own; empty if AWS always makes it up.

    These are the schema's identifier where a template writes it, else the create-only property that is called Name
    or has the type's last words before it, such as TopicName of AWS::SNS::Topic.
    """
    written = {path[0] for path in create_only(type_) if len(path) == 1}
    if (identified := identifier(type_)) and set(identified) <= written:
        return identified
    words = _NAME.findall(type_.rpartition("::")[2])
    names = ["Name", *("".join(words[start:]) + "Name" for start in range(len(words)))]
    return next(((name,) for name in names if name in written), ())


@cache
def identifier(type_: str) -> tuple[str, ...]:
    """The properties that together identify a resource: a template may write them, or AWS makes them up."""
    return tuple(path.removeprefix("/properties/") for path in _schema(type_)("primaryIdentifier"))


def _schema(type_: str) -> Any:
    # Imported late: it takes a second, and most checks do without.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        found = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, type_).schema
    except ResourceNotFoundError:
        return lambda _: []
    return lambda key: found.get(key, [])


def _text(value: Any) -> Any:
    """The same structure with every number and boolean as the text that a template may have in its place."""
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _at(properties: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(properties, dict):
            return None
        properties = properties.get(part)
    return properties
