"""A permissions boundary that a template puts on a role bounds what the role may do."""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.cloud.auth import refusal

from .conftest import ACCOUNT


def test_a_role_of_a_template_may_do_what_its_boundary_lets_it(
    deploy: Callable[..., dict[str, str]], client: Callable[[str], Any]
) -> None:
    def allowing(*actions: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def role(**boundary: str) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        properties = {
            "RoleName": "bounded",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "work", "PolicyDocument": allowing("sqs:SendMessage", "sns:Publish")}
            ],
            **boundary,
        }
        made = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}
        return deploy(made, Arn={"Fn::GetAtt": ["Role", "Arn"]})["Arn"]

    def may(action: str) -> bool:
        service = action.partition(":")[0]
        return refusal(arn, action, f"arn:aws:{service}:us-east-1:{ACCOUNT}:thing") is None

    document = json.dumps(allowing("sqs:*"))
    policy = client("iam").create_policy(PolicyName="bank-boundary", PolicyDocument=document)["Policy"]["Arn"]

    arn = role(PermissionsBoundary=policy)
    assert (may("sqs:SendMessage"), may("sns:Publish")) == (True, False)
    described = client("iam").get_role(RoleName="bounded")["Role"]["PermissionsBoundary"]
    assert described["PermissionsBoundaryArn"] == policy

    arn = role()
    assert (may("sqs:SendMessage"), may("sns:Publish")) == (True, True)
