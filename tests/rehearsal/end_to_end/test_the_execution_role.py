"""CloudFormation deploys with the execution role of the bootstrap: what that may not make fails, and is taken back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from .conftest import Standing
from .test_seven_mutations import update


def test_what_the_execution_role_may_not_make_fails_the_deployment(standing: Standing) -> None:
    cloudformation = standing.client("cloudformation", stack="portal-dev")
    template = cloudformation.get_template(StackName="portal-dev")["TemplateBody"]
    template["Resources"]["Another"] = {"Type": "AWS::SNS::Topic"}
    role = f"cdk-hnb659fds-cfn-exec-role-{standing.accounts['portal-dev']}-us-east-1"
    with (
        denying(standing.client("iam", stack="portal-dev"), role, "sns:CreateTopic"),
        pytest.raises(WaiterError),
    ):
        update(standing, "portal-dev", template)
    (stack,) = cloudformation.describe_stacks(StackName="portal-dev")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="portal-dev")["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if event["LogicalResourceId"] == "Another" and "ResourceStatusReason" in event
    ]
    assert any(
        f"{role}/AWSCloudFormation is not authorized to perform: sns:CreateTopic" in each for each in reasons
    )


@contextmanager
def denying(iam: Any, role: str, action: str) -> Iterator[None]:
    """Refuse an action to a role, whatever its policies allow."""
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="deny")
