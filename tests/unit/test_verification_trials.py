"""What `make verify-aws TRY=...` does, with boto3's clients and no network: what is sent, and what is concluded."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pipeline.environments import DEV, TOOLS
from tests.unit.scripted import Scripted
from verification.asking import Asked
from verification.results import judge
from verification.trials import FAILOVER_SECONDS, NAT_SECONDS, Trying, fail_over, replace_nat

CLUSTER = {"DBClusterIdentifier": "aurora-dev"}
GROUPS = {"AutoScalingGroupNames": ["nat-1-dev"]}
ROUTES = {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]}
RESOURCES = [("AWS::AutoScaling::AutoScalingGroup", "nat-1-dev"), ("AWS::EC2::VPC", "vpc-1")]


@pytest.fixture
def world() -> Scripted:
    return Scripted()


def nobody(url: str, **_: object) -> httpx.Response:
    raise AssertionError(f"{url} was asked")


@pytest.fixture
def trying(world: Scripted) -> Trying:
    asked = Asked(environment=DEV, tools=TOOLS, account=DEV.account, client=world.client, get=nobody)
    seconds = iter(range(0, 10_000, 30))
    return Trying(asked=asked, change=world.client, now=lambda: float(next(seconds)), sleep=lambda _: None)


def foundation(world: Scripted) -> None:
    for tier in ("foundation", "data", "portal"):
        stack = {"StackName": f"{tier}-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
        world.answer("cloudformation", "describe_stacks", {"Stacks": [stack]}, StackName=f"{tier}-dev")
    listed = [
        {
            "ResourceType": t,
            "PhysicalResourceId": i,
            "LogicalResourceId": "x",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for t, i in RESOURCES
    ]
    world.answer(
        "cloudformation",
        "list_stack_resources",
        {"StackResourceSummaries": listed},
        StackName="foundation-dev",
    )


def group(world: Scripted, *instances: str) -> None:
    of_group = [
        {
            "InstanceId": id_,
            "AvailabilityZone": "z",
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "ProtectedFromScaleIn": False,
        }
        for id_ in instances
    ]
    described: dict[str, Any] = {
        "AutoScalingGroupName": "nat-1-dev",
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "DefaultCooldown": 1,
        "AvailabilityZones": ["z"],
        "HealthCheckType": "EC2",
        "CreatedTime": 0,
        "Instances": of_group,
    }
    world.answer("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": [described]}, **GROUPS)


def routes(world: Scripted, interface: str) -> None:
    table = {"RouteTableId": "rtb-1", "Routes": [{"NetworkInterfaceId": interface}]}
    world.answer("ec2", "describe_route_tables", {"RouteTables": [table]}, **ROUTES)


@pytest.mark.parametrize(
    ("interface", "state", "told"),
    [
        ("eni-1", "seen", "nat-1-dev: a successor was in service after"),
        ("eni-2", "differs", "the routes are as they were"),
    ],
)
def test_one_nat_instance_is_ended_and_its_successor_waited_for(
    world: Scripted, trying: Trying, interface: str, state: str, told: str
) -> None:
    foundation(world)
    group(world, "i-0000000000000000a")
    routes(world, "eni-1")
    world.answer("ec2", "terminate_instances", {}, InstanceIds=["i-0000000000000000a"])
    for running in ((), (), ("i-0000000000000000b",)):
        group(world, *running)
    routes(world, interface)

    found = judge(list(replace_nat(trying)))

    assert (found[0], found[1].startswith(told)) == (state, True)
    world.all_was_asked()


def test_a_nat_instance_without_a_successor_differs(world: Scripted, trying: Trying) -> None:
    foundation(world)
    group(world, "i-0000000000000000a")
    routes(world, "eni-1")
    world.answer("ec2", "terminate_instances", {}, InstanceIds=["i-0000000000000000a"])
    for _ in range(NAT_SECONDS // 30 + 1):
        group(world)
    routes(world, "eni-1")

    assert judge(list(replace_nat(trying))) == ("differs", f"nat-1-dev: no successor in {NAT_SECONDS} s")


def cluster(world: Scripted, writer: str) -> None:
    members = [
        {"DBInstanceIdentifier": name, "IsClusterWriter": name == writer}
        for name in ("aurora-writer-dev", "aurora-reader-1-dev")
    ]
    world.answer("rds", "describe_db_clusters", {"DBClusters": [{"DBClusterMembers": members}]}, **CLUSTER)


def probe(status: int) -> Callable[[Scripted], None]:
    body = b'{"responses": [{"status": %d}]}' % status
    return lambda world: world.answer("lambda", "invoke", {"Payload": io.BytesIO(body)})


def test_a_reader_takes_over_and_the_backend_finds_it(world: Scripted, trying: Trying) -> None:
    cluster(world, "aurora-writer-dev")
    world.answer("rds", "failover_db_cluster", {}, **CLUSTER)
    for writer in ("aurora-writer-dev", "aurora-reader-1-dev", "aurora-reader-1-dev"):
        cluster(world, writer)
    probe(503)(world)
    probe(200)(world)

    state, told = judge(list(fail_over(trying)))

    assert (state, told) == (
        "seen",
        "aurora-reader-1-dev is the writer after aurora-writer-dev; the backend is ready 60 s later",
    )
    world.all_was_asked()


def test_a_backend_that_does_not_find_the_new_writer_differs(world: Scripted, trying: Trying) -> None:
    cluster(world, "aurora-writer-dev")
    world.answer("rds", "failover_db_cluster", {}, **CLUSTER)
    for _ in range(2):
        cluster(world, "aurora-reader-1-dev")
    for _ in range(FAILOVER_SECONDS // 30 + 1):
        probe(503)(world)

    assert judge(list(fail_over(trying))) == ("differs", "the backend is ready no more")
