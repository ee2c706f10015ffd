"""What `foundation` relies on: zones, CloudFront's prefix list, NAT instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal_stage.foundation.security_groups import CLOUDFRONT_ORIGIN_FACING
from verification.asking import Asked, NotYet, Said

GROUP = "AWS::AutoScaling::AutoScalingGroup"


def zones_by_id(asked: Asked) -> Iterator[Said]:
    """The subnets are in the zones whose ids the configuration names."""
    asked.needs("foundation", "data", "portal")
    network = asked.one("foundation", "AWS::EC2::VPC")
    subnets = asked.pages(
        "ec2", "describe_subnets", "Subnets", Filters=[{"Name": "vpc-id", "Values": [network]}]
    )
    found = {subnet["AvailabilityZoneId"] for subnet in subnets}
    yield found == set(asked.environment.network.zone_ids), f"subnets are in {', '.join(sorted(found))}"


def prefix_list(asked: Asked) -> Iterator[Said]:
    """CloudFront's prefix list has the id and the weight that were read in its documentation."""
    described = asked.client("ec2").describe_managed_prefix_lists(PrefixListIds=[CLOUDFRONT_ORIGIN_FACING])
    for found in described["PrefixLists"]:
        name, weight = found["PrefixListName"], found.get("MaxEntries")
        right = (name, weight) == ("com.amazonaws.global.cloudfront.origin-facing", 55)
        yield right, f"{CLOUDFRONT_ORIGIN_FACING} is {name}, weight {weight}"


def nat_takes_its_interface(asked: Asked) -> Iterator[Said]:
    """An instance has the fixed interface, after at least one replacement."""
    wanted = asked.resources("foundation", "AWS::EC2::NetworkInterface")
    interfaces = asked.client("ec2").describe_network_interfaces(NetworkInterfaceIds=wanted)[
        "NetworkInterfaces"
    ]
    attached = {each.get("Attachment", {}).get("InstanceId") for each in interfaces}
    replaced = False
    for group in groups(asked):
        running = {i["InstanceId"] for i in group["Instances"] if i["LifecycleState"] == "InService"}
        name = group["AutoScalingGroupName"]
        yield (
            bool(running & attached),
            f"{name}: {', '.join(sorted(running)) or 'no instance'} has the interface",
        )
        done = [a for a in activities(asked, name) if a["StatusCode"] == "Successful"]
        replaced |= any(a["Description"].startswith("Terminating") for a in done) and len(done) > 2
    if not replaced:
        raise NotYet("no NAT instance was replaced yet: TRY=replace-nat ends one")
    yield True, "an instance was replaced, and its successor has the interface"


def nat_signals(asked: Asked) -> Iterator[Said]:
    """CloudFormation took a signal from each group's instance."""
    events = asked.pages(
        "cloudformation", "describe_stack_events", "StackEvents", StackName=asked.name("foundation")
    )
    told = [e for e in events if "Received SUCCESS signal" in e.get("ResourceStatusReason", "")]
    signalled = {event["LogicalResourceId"] for event in told}
    count = len(asked.resources("foundation", GROUP))
    yield len(signalled) == count, f"CloudFormation has a signal of {len(signalled)} of {count} groups"


def nat_refreshes(asked: Asked) -> Iterator[Said]:
    """A scheduled refresh replaced an instance."""
    found = [
        refresh
        for group in groups(asked)
        for refresh in asked.client("autoscaling").describe_instance_refreshes(
            AutoScalingGroupName=group["AutoScalingGroupName"]
        )["InstanceRefreshes"]
    ]
    if not found:
        raise NotYet("no refresh has run yet: set nat_refresh_hour to the next hour on a Tuesday")
    states = sorted({refresh["Status"] for refresh in found})
    yield states == ["Successful"], f"refreshes: {', '.join(states)}"


def groups(asked: Asked) -> list[dict[str, Any]]:
    names = asked.resources("foundation", GROUP)
    described = asked.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)
    found: list[dict[str, Any]] = described["AutoScalingGroups"]
    return found


def activities(asked: Asked, group: str) -> list[dict[str, str]]:
    return list(
        asked.pages("autoscaling", "describe_scaling_activities", "Activities", AutoScalingGroupName=group)
    )
