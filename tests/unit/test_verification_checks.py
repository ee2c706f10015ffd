"""The checks of `make verify-aws` whose answers the local AWS does not give: each says yes, no, and not yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from pipeline.environments import DEV, TOOLS
from tests.unit.scripted import Scripted
from verification import alarms, ending, foundation, outside, portal
from verification.asking import Asked, NotYet, Said
from verification.results import judge

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=1)
TIERS = ("foundation", "data", "portal")
Check = Callable[[Asked], Iterator[Said]]


@pytest.fixture
def world() -> Scripted:
    return Scripted()


def asked(world: Scripted, status: int = 200) -> Asked:
    def get(url: str, **_: object) -> httpx.Response:
        return httpx.Response(status, request=httpx.Request("GET", url))

    return Asked(environment=DEV, tools=TOOLS, account=DEV.account, client=world.client, get=get)


def stack(tier: str, created: datetime = OLD, status: str = "CREATE_COMPLETE", **more: str) -> dict[str, Any]:
    return {"StackName": f"{tier}-dev", "CreationTime": created, "StackStatus": status, **more}


def standing(world: Scripted, *tiers: str, created: datetime = OLD) -> None:
    """`describe_stacks` of the three, in their order; those that are not named do not exist."""
    for tier in TIERS:
        if tier in tiers:
            world.answer("cloudformation", "describe_stacks", {"Stacks": [stack(tier, created)]})
        else:
            world.error("cloudformation", "describe_stacks", "ValidationError")


def resources(world: Scripted, *found: tuple[str, str]) -> None:
    listed = [
        {
            "ResourceType": type_,
            "PhysicalResourceId": id_,
            "LogicalResourceId": "x",
            "LastUpdatedTimestamp": OLD,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for type_, id_ in found
    ]
    world.answer("cloudformation", "list_stack_resources", {"StackResourceSummaries": listed})


def event(logical_id: str, status: str, reason: str = "") -> dict[str, Any]:
    return {
        "StackId": "s",
        "EventId": "e",
        "StackName": "n",
        "Timestamp": OLD,
        "LogicalResourceId": logical_id,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def state(check: Check, of_whom: Asked) -> str:
    try:
        return judge(list(check(of_whom)))[0]
    except NotYet:
        return "open"


@pytest.mark.parametrize(("weight", "wanted"), [(55, "seen"), (60, "differs")])
def test_the_prefix_list_has_the_weight_that_was_read(world: Scripted, weight: int, wanted: str) -> None:
    name = "com.amazonaws.global.cloudfront.origin-facing"
    found = {"PrefixListName": name, "MaxEntries": weight}
    world.answer("ec2", "describe_managed_prefix_lists", {"PrefixLists": [found]})
    assert state(foundation.prefix_list, asked(world)) == wanted


@pytest.mark.parametrize(("signals", "wanted"), [(("One", "Two"), "seen"), (("One", "One"), "differs")])
def test_each_nat_group_has_signalled(world: Scripted, signals: tuple[str, ...], wanted: str) -> None:
    events = [
        event(each, "CREATE_IN_PROGRESS", "Received SUCCESS signal with UniqueId i-1") for each in signals
    ]
    world.answer("cloudformation", "describe_stack_events", {"StackEvents": events})
    standing(world, *TIERS)
    resources(world, (foundation.GROUP, "nat-1-dev"), (foundation.GROUP, "nat-2-dev"))
    assert state(foundation.nat_signals, asked(world)) == wanted


@pytest.mark.parametrize(("capacity", "wanted"), [(1189, "seen"), (1600, "differs"), (0, "differs")])
def test_the_firewall_takes_what_costs_nothing_more(world: Scripted, capacity: int, wanted: str) -> None:
    standing(world, *TIERS)
    world.answer("wafv2", "list_web_acls", {"WebACLs": [{"Name": "api-acl-dev", "Id": "1"}]})
    acl = {
        "Name": "api-acl-dev",
        "Id": "1",
        "ARN": "arn:aws:wafv2:us-east-1:111111111111:x",
        "DefaultAction": {},
        "VisibilityConfig": {
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": True,
            "MetricName": "m",
        },
        "Capacity": capacity,
    }
    world.answer("wafv2", "get_web_acl", {"WebACL": acl})
    assert state(portal.firewall_capacity, asked(world)) == wanted


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("Success: HTTP Status Code 200, OK", "seen"), ("Failure: HTTP Status Code 403", "differs")],
)
def test_route_53s_checkers_come_through(world: Scripted, told: str, wanted: str) -> None:
    standing(world, *TIERS)
    resources(world, ("AWS::Route53::HealthCheck", "abc"))
    seen = [{"StatusReport": {"Status": each}} for each in ("Success: HTTP Status Code 200, OK", told)]
    world.answer("route53", "get_health_check_status", {"HealthCheckObservations": seen}, HealthCheckId="abc")
    assert state(portal.health_checks_pass, asked(world)) == wanted


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ({"portal-health-alarm-dev": "OK", "certificate-alarm-dev": "INSUFFICIENT_DATA"}, "seen"),
        ({"portal-health-alarm-dev": "INSUFFICIENT_DATA"}, "differs"),
        ({"another-teams": "OK"}, "differs"),
    ],
)
def test_alarms_find_their_metrics(world: Scripted, states: dict[str, str], wanted: str) -> None:
    standing(world, *TIERS)
    world.answer("cloudformation", "describe_stacks", {"Stacks": [stack("portal")]})
    alarms_ = [{"AlarmName": name, "StateValue": value} for name, value in states.items()]
    world.answer("cloudwatch", "describe_alarms", {"MetricAlarms": alarms_, "CompositeAlarms": []})
    assert state(alarms.find_their_metrics, asked(world)) == wanted


def test_alarms_are_not_judged_in_the_first_hour(world: Scripted) -> None:
    standing(world, *TIERS)
    young = stack("portal", created=datetime.now(UTC) - timedelta(minutes=10))
    world.answer("cloudformation", "describe_stacks", {"Stacks": [young]})
    with pytest.raises(NotYet, match="portal-dev is 10 minutes old: ask after an hour"):
        list(alarms.find_their_metrics(asked(world)))


@pytest.mark.parametrize(("status", "wanted"), [(503, "seen"), (200, "differs")])
def test_the_maintenance_page_answers_to_the_portals_name(world: Scripted, status: int, wanted: str) -> None:
    standing(world, *TIERS)
    domain = {"regionalDomainName": "d-1.execute-api.us-east-1.amazonaws.com"}
    world.answer("apigateway", "get_domain_name", domain, domainName=DEV.portal_host)
    assert state(outside.maintenance_answers, asked(world, status)) == wanted


def deleted(world: Scripted, *tiers: str) -> None:
    listed = [stack(tier, status="DELETE_COMPLETE", StackId=f"id-of-{tier}") for tier in tiers]
    world.answer("cloudformation", "list_stacks", {"StackSummaries": listed})


@pytest.mark.parametrize(("status", "wanted"), [("DELETE_COMPLETE", "seen"), ("DELETE_FAILED", "differs")])
def test_destroying_succeeded_at_the_first_attempt(world: Scripted, status: str, wanted: str) -> None:
    deleted(world, *TIERS)
    for tier in TIERS:
        events = {"StackEvents": [event("Vpc", status), event("Vpc", "DELETE_COMPLETE")]}
        world.answer("cloudformation", "describe_stack_events", events, StackName=f"id-of-{tier}")
    assert state(ending.destroyed_at_once, asked(world)) == wanted


def test_before_the_first_destroy_the_end_is_open(world: Scripted) -> None:
    deleted(world, "portal")
    assert state(ending.destroyed_at_once, asked(world)) == "open"


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ("/aws/ecs/containerinsights/ecs-dev/performance", "differs"),
        ("/aws/rds/cluster/aurora-dev/postgresql", "differs"),
        ("/aws/rds/cluster/aurora-staging/postgresql", "seen"),
    ],
)
def test_log_groups_stay_away(world: Scripted, group: str, wanted: str) -> None:
    deleted(world, *TIERS)
    standing(world)
    world.answer(
        "logs", "describe_log_groups", {"logGroups": [{"logGroupName": group}]}, logGroupNamePrefix="/aws/"
    )
    assert state(ending.log_groups_stay_away, asked(world)) == wanted


@pytest.mark.parametrize(("tiers", "wanted"), [(TIERS, "seen"), ((), "open")])
def test_what_was_destroyed_came_again(world: Scripted, tiers: tuple[str, ...], wanted: str) -> None:
    deleted(world, *TIERS)
    standing(world, *tiers, created=NOW)
    for tier in tiers:
        world.answer("cloudformation", "describe_stacks", {"Stacks": [stack(tier, created=NOW)]})
    assert state(ending.can_come_again, asked(world)) == wanted
