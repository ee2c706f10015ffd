"""A role that CloudFormation makes has its permissions boundary, and stays within it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud.auth import refusal
from tests.rehearsal.roles import policy, trust

Deploy = Callable[..., dict[str, str]]


@pytest.fixture
def boundary(client: Callable[[str], Any]) -> Iterator[str]:
    """A policy that lets nothing be done but listing queues."""
    iam = client("iam")
    made = iam.create_policy(PolicyName="bounded", PolicyDocument=policy("sqs:ListQueues", Resource="*"))
    yield made["Policy"]["Arn"]
    iam.delete_policy(PolicyArn=made["Policy"]["Arn"])


def test_a_role_stays_within_its_boundary_while_it_has_one(boundary: str, deploy: Deploy) -> None:
    everything = {"PolicyName": "may", "PolicyDocument": json.loads(policy("*", Resource="*"))}

    def made(**more: str) -> str:
        trusted = json.loads(trust(Service="lambda.amazonaws.com"))
        properties = {"AssumeRolePolicyDocument": trusted, "Policies": [everything], **more}
        role = {"Type": "AWS::IAM::Role", "Properties": properties}
        return deploy({"Role": role}, Arn={"Fn::GetAtt": ["Role", "Arn"]})["Arn"]

    role = made(PermissionsBoundary=boundary)
    assert not refusal(role, "sqs:ListQueues", "*")
    assert refusal(role, "sns:ListTopics", "*")
    assert made() == role
    assert not refusal(role, "sns:ListTopics", "*")
    made(PermissionsBoundary=boundary)
    assert refusal(role, "sns:ListTopics", "*")
