"""What a stack that exists cannot become in one update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..comparison import replacements
from ..schemas import naming_properties
from ..values import UNKNOWN, listed, named
from ..views import Change, Found, Template

_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
# Where a name is one's own only beside others of the same: with another one of these it may be given again.
_NAMED_WITHIN = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        *("ResourceId", "ScalingTargetId", "ScalableDimension", "ServiceNamespace")
    },
    "AWS::ECS::Service": {"Cluster"},
}


def imported_exports_stay(change: Change) -> Iterator[Found]:
    """An export lives as long as another stack imports it."""
    for name in sorted(set(_exports(change.before)) - set(change.template.exports)):
        for importer in change.account.importers(name):
            yield "Outputs", f"the export {name!r} goes, and {importer} imports it"


def imported_exports_keep_their_value(change: Change) -> Iterator[Found]:
    """An imported export keeps its value, so nothing that it names may be replaced."""
    before = _exports(change.before)
    replaced = replacements(change.before, change.template)
    for name, value in sorted(change.template.exports.items()):
        importers = change.account.importers(name)
        if name not in before or not importers:
            continue
        changed = sorted({named(placeholder) for placeholder in UNKNOWN.findall(value)} & replaced.keys())
        if changed:
            yield (
                "Outputs",
                f"the export {name!r} changes with {', '.join(changed)}, and {importers[0]} imports it",
            )
        elif value != before[name] and not UNKNOWN.search(value + before[name]):
            yield (
                "Outputs",
                f"the export {name!r} changes from {before[name]!r}, and {importers[0]} imports it",
            )


def named_resources_are_not_replaced(change: Change) -> Iterator[Found]:
    """A resource with a name of its own is not replaced under that name."""
    for logical_id, changed in replacements(change.before, change.template).items():
        resource = change.template.resources[logical_id]
        names = naming_properties(resource.type)
        before = change.before.resources[logical_id].properties if change.before else {}
        kept = [str(resource.properties.get(name)) for name in names if resource.properties.get(name)]
        if (
            names
            and not _NAMED_WITHIN.get(resource.type, set()).intersection(changed)
            and len(kept) == len(names)
            and all(resource.properties.get(name) == before.get(name) for name in names)
        ):
            yield (
                logical_id,
                f"a change of {', '.join(changed)} replaces {' '.join(kept)!r}, whose name stays",
            )


def targets_are_not_replaced_under_their_service(change: Change) -> Iterator[Found]:
    """A service moves to another target group only while both are routed to: one update would route to an empty one.

    CloudFormation takes it. It leads the listener to the new group first, and the service's tasks come there later:
    until they are healthy the load balancer answers 503.
    """
    replaced = replacements(change.before, change.template)
    for logical_id, service in change.template.properties("AWS::ECS::Service"):
        if logical_id in replaced or not change.before or logical_id not in change.before.resources:
            continue
        for balancer in listed(service.get("LoadBalancers")):
            group = named(str(balancer.get("TargetGroupArn", "")))
            if group in replaced:
                yield (
                    logical_id,
                    f"its target group {group} is replaced while customers are led to it; delete the stack and deploy "
                    "it again at an hour that is announced, or leave protocol and port as they are",
                )


def one_index_at_a_time(change: Change) -> Iterator[Found]:
    """One update makes or removes one global secondary index of a table; of another shape it is another index."""
    replaced = replacements(change.before, change.template)
    for logical_id, table in change.template.properties(*_TABLES):
        before = change.before.resources.get(logical_id) if change.before else None
        if before is None or logical_id in replaced:
            continue
        old, new = _indexes(before.properties), _indexes(table)
        changes = [f"{name} goes" for name in old if old[name] != new.get(name)]
        changes += [f"{name} comes" for name in new if new[name] != old.get(name)]
        if len(changes) > 1:
            yield logical_id, ", ".join(sorted(changes))


def _exports(template: Template | None) -> dict[str, str]:
    return dict(template.exports) if template else {}


def _indexes(table: dict[str, Any]) -> dict[str, Any]:
    """Key schema and projection by index: what cannot change in place."""
    return {
        index["IndexName"]: (index["KeySchema"], index.get("Projection"))
        for index in listed(table.get("GlobalSecondaryIndexes"))
    }
