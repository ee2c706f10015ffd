"""A function in a VPC needs the rights by which Lambda makes its network interface; without them it does not run."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import stacks
from tests.rehearsal.roles import make_role, policy

ACTIONS = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
VPC = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


@pytest.fixture
def role(client: Callable[[str], Any]) -> Iterator[str]:
    """The function's role, with the three rights at first."""
    iam = client("iam")
    yield make_role(iam, "networked", may=ACTIONS)
    iam.delete_role_policy(RoleName="networked", PolicyName="may")
    iam.delete_role(RoleName="networked")


def take(client: Callable[[str], Any], action: str) -> None:
    left = [each for each in ACTIONS if each != action]
    document = policy(*left, Resource="*")
    client("iam").put_role_policy(RoleName="networked", PolicyName="may", PolicyDocument=document)


def function(role: str, **more: Any) -> dict[str, Any]:
    properties = {
        "FunctionName": "networked",
        "Runtime": "nodejs22.x",
        "Handler": "index.handler",
        "Code": {"ZipFile": "exports.handler = async () => 'ran'"},
        "Role": role,
        **more,
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_deployment_fails_without(client: Any, deploy: Any, role: str, action: str) -> None:
    take(client, action)
    name = action.partition(":")[2]
    with pytest.raises(stacks.DeploymentFailed, match=f"does not have permissions to call {name} on EC2"):
        deploy({"Function": function(role, VpcConfig=VPC)})


def test_a_function_is_moved_into_a_vpc_with_them_only(client: Any, deploy: Any, role: str) -> None:
    take(client, ACTIONS[0])
    deploy({"Function": function(role)})
    with pytest.raises(
        stacks.DeploymentFailed, match="does not have permissions to call CreateNetworkInterface"
    ):
        deploy({"Function": function(role, VpcConfig=VPC)})


def test_an_invocation_fails_once_they_are_gone(client: Any, deploy: Any, role: str) -> None:
    deploy({"Function": function(role, VpcConfig=VPC)})
    invoke = client("lambda").invoke
    assert invoke(FunctionName="networked")["Payload"].read() == b'"ran"'
    take(client, ACTIONS[0])
    with pytest.raises(
        ClientError, match=r"networked/.* is not authorized to perform: ec2:CreateNetworkInterface"
    ) as said:
        invoke(FunctionName="networked")
    assert said.value.response["Error"]["Code"] == "EC2AccessDeniedException"


def test_a_function_without_a_vpc_needs_none(client: Any, deploy: Any, role: str) -> None:
    take(client, ACTIONS[0])
    deploy({"Function": function(role)})
    assert client("lambda").invoke(FunctionName="networked")["Payload"].read() == b'"ran"'
