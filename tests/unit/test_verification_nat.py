"""The checks of `make verify-aws` that look at NAT instances after they were replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.scripted import Scripted
from tests.unit.test_verification_checks import TIERS, asked, resources, standing, state
from verification import foundation

NOW = datetime.now(UTC)


@pytest.fixture
def world() -> Scripted:
    made = Scripted()
    standing(made, *TIERS)
    resources(made, (foundation.GROUP, "nat-1-dev"), ("AWS::EC2::NetworkInterface", "eni-1"))
    return made


def group(world: Scripted, instance: str) -> None:
    one = {
        "InstanceId": instance,
        "AvailabilityZone": "z",
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": False,
    }
    found: dict[str, Any] = {
        "AutoScalingGroupName": "nat-1-dev",
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "DefaultCooldown": 1,
        "AvailabilityZones": ["z"],
        "HealthCheckType": "EC2",
        "CreatedTime": NOW,
        "Instances": [one],
    }
    world.answer("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": [found]})


def activities(world: Scripted, *descriptions: str) -> None:
    done = [
        {
            "ActivityId": "a",
            "AutoScalingGroupName": "nat-1-dev",
            "Cause": "c",
            "StartTime": NOW,
            "StatusCode": "Successful",
            "Description": each,
        }
        for each in descriptions
    ]
    world.answer("autoscaling", "describe_scaling_activities", {"Activities": done})


LAUNCHED, ENDED = "Launching a new EC2 instance: i-2", "Terminating EC2 instance: i-1"


@pytest.mark.parametrize(
    ("attached", "told", "wanted"),
    [
        ("i-0000000000000000b", (LAUNCHED, ENDED, LAUNCHED), "seen"),
        ("i-0000000000000000b", (LAUNCHED,), "open"),
        ("i-0000000000000000a", (LAUNCHED, ENDED, LAUNCHED), "differs"),
    ],
)
def test_a_successor_has_the_fixed_interface(
    world: Scripted, attached: str, told: tuple[str, ...], wanted: str
) -> None:
    interface = {"NetworkInterfaceId": "eni-1", "Attachment": {"InstanceId": attached}}
    world.answer("ec2", "describe_network_interfaces", {"NetworkInterfaces": [interface]})
    group(world, "i-0000000000000000b")
    activities(world, *told)
    assert state(foundation.nat_takes_its_interface, asked(world)) == wanted


@pytest.mark.parametrize(
    ("refreshes", "wanted"), [(("Successful",), "seen"), (("Successful", "Failed"), "differs"), ((), "open")]
)
def test_a_scheduled_refresh_succeeded(world: Scripted, refreshes: tuple[str, ...], wanted: str) -> None:
    group(world, "i-0000000000000000b")
    found = {"InstanceRefreshes": [{"Status": each} for each in refreshes]}
    world.answer("autoscaling", "describe_instance_refreshes", found, AutoScalingGroupName="nat-1-dev")
    assert state(foundation.nat_refreshes, asked(world)) == wanted
