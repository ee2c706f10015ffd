"""A function's log group: who makes it, and what comes back after a delete."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud import stacks
from rehearsal.cloud.stacks import DeploymentFailed
from tests.rehearsal.cloud.test_cloud_functions import function, provided
from tests.rehearsal.roles import trust

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
GROUP = "/aws/lambda/provider"
ANSWER = """
exports.handler = async (event) => {
  console.log(`request ${event.RequestType}`);
  await fetch(event.ResponseURL, {
    method: "PUT",
    body: JSON.stringify({
      Status: "SUCCESS", PhysicalResourceId: "answered", StackId: event.StackId,
      RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    }),
  });
};
"""
WRITE = {
    "PolicyName": "write-logs",
    "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": {"Fn::GetAtt": ["Group", "Arn"]},
            }
        ],
    },
}


def provider(**role: Any) -> dict[str, Any]:
    """A custom resource, its function with a log group, and the function's role."""
    made = function("nodejs24.x", ANSWER)
    made["Properties"] |= {"FunctionName": "provider", "LoggingConfig": {"LogGroup": {"Ref": "Group"}}}
    trusted = json.loads(trust(Service="lambda.amazonaws.com"))
    return {
        "Group": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": GROUP, "RetentionInDays": 7},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trusted, **role}},
        "Provider": made,
        "Custom": provided(),
    }


@pytest.fixture(autouse=True)
def without_the_group(client: Client) -> Iterator[None]:
    yield
    if groups(client):
        client("logs").delete_log_group(logGroupName=GROUP)


def groups(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    return found


def messages(client: Client) -> str:
    events = client("logs").filter_log_events(logGroupName=GROUP)["events"]
    return "\n".join(event["message"] for event in events)


def remove(client: Client, request: pytest.FixtureRequest) -> None:
    from tests.rehearsal.cloud.conftest import stack_name

    stacks.delete(client("cloudformation"), stack_name(request))


def test_a_log_group_comes_back_where_the_role_may_create_it(
    deploy: Deploy, client: Client, request: pytest.FixtureRequest
) -> None:
    template = provider(ManagedPolicyArns=[BASIC])
    deploy(template)
    assert groups(client)[0]["retentionInDays"] == 7

    remove(client, request)

    (group,) = groups(client)
    assert "retentionInDays" not in group
    with pytest.raises(DeploymentFailed, match=f"Group: .*{GROUP}.* already exists"):
        deploy(template)


def test_a_log_group_stays_away_where_the_role_may_only_write(
    deploy: Deploy, client: Client, request: pytest.FixtureRequest
) -> None:
    template = provider(Policies=[WRITE])
    deploy(template)
    assert "request Create" in messages(client)

    remove(client, request)

    assert groups(client) == []
    deploy(template)
    assert "request Create" in messages(client)


def test_a_function_whose_role_may_write_no_logs_leaves_none(deploy: Deploy, client: Client) -> None:
    deploy(provider())
    assert messages(client) == ""


def test_a_function_that_names_no_group_makes_one_only_if_its_role_may(
    deploy: Deploy, client: Client
) -> None:
    made = provider()
    del made["Group"], made["Provider"]["Properties"]["LoggingConfig"]
    deploy(made)
    assert groups(client) == []
    made["Role"]["Properties"]["ManagedPolicyArns"] = [BASIC]
    made["Custom"]["Properties"]["Again"] = "yes"
    made["Custom"]["DependsOn"] = "Role"
    deploy(made)
    assert "request Update" in messages(client)
