"""Roles for tests that are about something else than what a role may do, and for those that are."""

import json
from typing import Any

SERVICES = ("codebuild", "codepipeline", "ecs-tasks", "lambda")


def trust(**principal: Any) -> str:
    """A trust policy for one principal, as `Service="lambda.amazonaws.com"` or `AWS="111111111111"`."""
    return policy("sts:AssumeRole", Principal=principal)


def policy(*actions: str, effect: str = "Allow", **more: Any) -> str:
    """A policy with one statement; `more` are its other parts, such as Resource and Condition."""
    statement = {"Effect": effect, "Action": list(actions), **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(iam: Any, name: str, *, may: tuple[str, ...] = ("*",), trusted: str | None = None) -> str:
    """A role that every service and account may take and that may do anything, unless told otherwise; its ARN."""
    anybody = trust(Service=[f"{service}.amazonaws.com" for service in SERVICES], AWS="*")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted or anybody)["Role"]["Arn"]
    if may:
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy(*may, Resource="*"))
    return str(arn)
