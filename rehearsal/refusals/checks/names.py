"""Names that somebody else has already."""

from __future__ import annotations

from collections.abc import Iterator

from ..schemas import identifier, naming_properties
from ..values import UNKNOWN
from ..views import Change, Found, Resource

# Their identifier is an ARN or an id that AWS makes up, and their name is unique in an account and Region all the same.
_UNIQUE = frozenset(
    {
        "AWS::EC2::LaunchTemplate",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::SNS::Topic",
    }
)
Name = tuple[str, ...]


def names_are_free(change: Change) -> Iterator[Found]:
    """CloudFormation makes what is new before it deletes what is gone, so no other resource may have its name."""
    holders: dict[Name, tuple[str, str]] = {
        name: (stack.stack, logical_id)
        for stack in change.account.stacks.values()
        for logical_id, resource in stack.resources.items()
        if (name := _name(resource))
    }
    for logical_id, resource in change.template.resources.items():
        holder = holders.get(_name(resource))
        if holder and holder != (change.template.stack, logical_id):
            stack, other = holder
            yield (
                logical_id,
                f"{' '.join(_name(resource)[1:])!r} is the name of {other} in {stack}; keep that logical id, or give "
                "the new resource another name",
            )


def _name(resource: Resource) -> Name:
    """The type and the name that the template gives; empty if AWS makes the name up."""
    names = naming_properties(resource.type) if resource.type in _UNIQUE else identifier(resource.type)
    values = [resource.properties.get(name) for name in names]
    if not values or not all(isinstance(value, str) and not UNKNOWN.search(value) for value in values):
        return ()
    return (resource.type, *map(str, values))
