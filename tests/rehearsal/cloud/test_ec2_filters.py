"""Describe operations of EC2 show what their filters ask for, and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

FILTER_CASES = [
    ("describe_security_groups", "SecurityGroups", "group-name", "Managed-*"),
    ("describe_network_interfaces", "NetworkInterfaces", "group-name", "Managed-one"),
    ("describe_vpc_endpoints", "VpcEndpoints", "service-name", "*guardduty-data*"),
]


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Iterator[Any]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    groups = [
        ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
        for name in ("Managed-one", "other")
    ]
    interfaces = [
        ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"] for group in groups
    ]
    for service in ("guardduty-data", "logs"):
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=f"com.amazonaws.us-east-1.{service}", VpcEndpointType="Interface"
        )
    yield ec2
    for interface in interfaces:
        ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    made = [each["VpcEndpointId"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
    ec2.delete_vpc_endpoints(VpcEndpointIds=made)
    for group in groups:
        ec2.delete_security_group(GroupId=group)


@pytest.mark.parametrize(
    ("method", "key", "name", "value"), FILTER_CASES, ids=[case[0] for case in FILTER_CASES]
)
def test_only_what_meets_the_filter_is_shown(ec2: Any, method: str, key: str, name: str, value: str) -> None:
    found = getattr(ec2, method)(Filters=[{"Name": name, "Values": [value]}])[key]
    none = getattr(ec2, method)(Filters=[{"Name": name, "Values": ["nothing"]}])[key]

    assert len(found) == 1
    assert none == []
    assert len(getattr(ec2, method)()[key]) > 1


@pytest.mark.parametrize("method", [case[0] for case in FILTER_CASES])
def test_a_filter_that_is_not_read_is_refused(ec2: Any, method: str) -> None:
    with pytest.raises(ClientError, match="The filter 'colour' is invalid"):
        getattr(ec2, method)(Filters=[{"Name": "colour", "Values": ["red"]}])
