"""With one permission taken from one role, AccessDenied is seen at exactly the place that needs it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .conftest import Standing
from .portal_tests import PIPELINE, PROJECT, build, endpoints, run_portal_tests

TESTS_ROLE = "pipeline-tests-dev"
PROBE_ROLE = "probe-role-dev"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A permission, the role and the stack from whose account it is taken, and the tests that must turn red."""

    action: str
    role: str
    stack: str
    red: Callable[[str], bool]
    told_by_the_tests: bool = True


def of(*tests: str) -> Callable[[str], bool]:
    """These tests and no others."""
    return lambda test: test in tests


# These read their API key, with the tests role.
KEYED = {
    "api_gateway::test_with_the_key_the_backend_answers",
    "api_gateway::test_partners_may_ask_for_the_sessions_of_a_customer",
    "api_gateway::test_readiness_is_not_there",
    "api_gateway::test_more_than_the_plan_allows_is_turned_away",
    "api_gateway::test_unknown_path_never_reaches_the_backend",
}


def through_the_probe(test: str) -> bool:
    return test.startswith("load_balancer::")


TAKEN = [
    Taken(
        action="dynamodb:GetItem",
        role="backend-task-dev",
        stack="portal-dev",
        red=of("cloudfront::test_session_is_opened_read_and_closed"),
        told_by_the_tests=False,  # a customer is not told what the backend may not do
    ),
    Taken(
        action="sts:AssumeRole",
        role=PROJECT,
        stack=PIPELINE,
        # What a customer can see is tested without any role in the portal's account.
        red=lambda test: through_the_probe(test) or test in KEYED,
    ),
    Taken(
        action="lambda:InvokeFunction",
        role=TESTS_ROLE,
        stack="portal-dev",
        red=through_the_probe,
    ),
    Taken(
        action="ec2:CreateNetworkInterface",
        role=PROBE_ROLE,
        stack="portal-dev",
        red=through_the_probe,
    ),
]


@contextmanager
def without(iam: Any, role: str, action: str) -> Iterator[None]:
    """Take an action out of the role's policies; put it back afterwards."""
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    whole = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    less = json.loads(json.dumps(whole))
    for statement in less["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [each for each in actions if each != action]
    assert less != whole, f"{role} has no {action}"
    less["Statement"] = [statement for statement in less["Statement"] if statement["Action"]]

    def put(policy: Any) -> None:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    put(less)
    try:
        yield
    finally:
        put(whole)


def backends_log(standing: Standing, since: float) -> str:
    """What the backend of dev has written since a time."""
    logs = standing.client("logs", stack="portal-dev")
    events = logs.filter_log_events(logGroupName="/ecs/backend-dev", startTime=int(since * 1000))["events"]
    return "\n".join(event["message"] for event in events)


@pytest.mark.parametrize("taken", TAKEN, ids=lambda taken: f"{taken.role} without {taken.action}")
def test_one_permission_is_missed_where_it_is_needed(
    standing: Standing, tmp_path: Path, taken: Taken
) -> None:
    iam, began = standing.client("iam", stack=taken.stack), time.time()
    with without(iam, taken.role, taken.action):
        outcome = run_portal_tests(standing, tmp_path)
    assert outcome.red
    assert outcome.red.keys() == set(filter(taken.red, outcome.names))
    places = outcome.red.values() if taken.told_by_the_tests else [backends_log(standing, began)]
    for place in places:
        assert f"assumed-role/{taken.role}/" in place
        assert f"is not authorized to perform: {taken.action}" in place


def test_nobody_but_the_build_takes_the_tests_role(standing: Standing) -> None:
    """The operator, and a role of the tools account that may take every role, are refused; the build is not."""
    tests_role = endpoints(standing)["TEST_ROLE_ARN"]
    take = f"import boto3; boto3.client('sts').assume_role(RoleArn='{tests_role}', RoleSessionName='test')"
    taken = build(standing, f'python -c "{take}"')
    assert taken["buildStatus"] == "SUCCEEDED", taken["phases"]

    operator = standing.client("sts", stack=PIPELINE)
    with somebody(standing) as role:
        session = operator.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        for sts in (operator, client("sts", standing, session)):
            with pytest.raises(ClientError) as refused:
                sts.assume_role(RoleArn=tests_role, RoleSessionName="test")
            assert refused.value.response["Error"]["Code"] == "AccessDenied"
            assert "not authorized to perform: sts:AssumeRole" in str(refused.value)


@contextmanager
def somebody(standing: Standing) -> Iterator[str]:
    """A role of the tools account that its people may take, and that may take every other; its ARN."""
    iam = standing.client("iam", stack=PIPELINE)
    people = f"arn:aws:iam::{standing.accounts[PIPELINE]}:root"
    trust = {"Effect": "Allow", "Principal": {"AWS": people}, "Action": "sts:AssumeRole"}
    take = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="somebody", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [take]})
    iam.put_role_policy(RoleName="somebody", PolicyName="take", PolicyDocument=policy)
    try:
        yield arn
    finally:
        iam.delete_role_policy(RoleName="somebody", PolicyName="take")
        iam.delete_role(RoleName="somebody")


def client(service: str, standing: Standing, session: dict[str, str]) -> Any:
    """A client with temporary credentials."""
    return boto3.client(
        service,
        endpoint_url=standing.environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=Config(proxies={}),
    )
