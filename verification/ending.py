"""What the end relies on: nothing stops it, nothing is left, and what was destroyed can come again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verification.asking import STANDING, TIERS, Asked, NotYet, Said


def destroyed_at_once(asked: Asked) -> Iterator[Said]:
    """The newest deleted stack of each tier had no resource that could not be deleted."""
    for tier, stack in _deleted(asked).items():
        events = asked.pages(
            "cloudformation", "describe_stack_events", "StackEvents", StackName=stack["StackId"]
        )
        stuck = sorted({e["LogicalResourceId"] for e in events if e["ResourceStatus"] == "DELETE_FAILED"})
        yield (
            not stuck,
            f"{asked.name(tier)} was deleted{', after failing at ' + ', '.join(stuck) if stuck else ''}",
        )


def log_groups_stay_away(asked: Asked) -> Iterator[Said]:
    """No log group of the environment came back after its deletion."""
    _deleted(asked)
    if asked.standing:
        raise NotYet("the environment is deployed: an hour after make destroy it can be seen")
    names = (f"ecs/containerinsights/{asked.name('ecs')}/", f"rds/cluster/{asked.name('aurora')}/")
    listed = asked.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix="/aws/")
    left = sorted(g["logGroupName"] for g in listed if any(name in g["logGroupName"] for name in names))
    yield not left, f"log groups that came back: {', '.join(left) or 'none'}"


def can_come_again(asked: Asked) -> Iterator[Said]:
    """What was destroyed is deployed a second time."""
    for tier, stack in _deleted(asked).items():
        asked.needs(tier)
        (again,) = asked.client("cloudformation").describe_stacks(StackName=asked.name(tier))["Stacks"]
        came = again["StackStatus"] in STANDING and again["CreationTime"] > stack["CreationTime"]
        yield came, f"{asked.name(tier)} was deployed again"


def _deleted(asked: Asked) -> dict[str, dict[str, Any]]:
    """The newest deleted stack of each tier; raises NotYet before all were deleted once."""
    listed = asked.pages(
        "cloudformation", "list_stacks", "StackSummaries", StackStatusFilter=["DELETE_COMPLETE"]
    )
    found: dict[str, dict[str, Any]] = {}
    by_name = {asked.name(tier): tier for tier in TIERS}
    for stack in sorted(listed, key=lambda each: each["CreationTime"]):
        if stack["StackName"] in by_name:
            found[by_name[stack["StackName"]]] = stack
    if set(found) != set(TIERS):
        raise NotYet("the environment was not destroyed yet: make destroy, within 90 days of this run")
    return found
