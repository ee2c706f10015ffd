"""Who may take a role: what its trust policy says of the caller, its account and AWS's services."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.auth import NotTrusted, assumed
from rehearsal.cloud.here import client_with
from tests.rehearsal.roles import make_role, trust

HOME, OTHER = "111111111111", "222222222222"
BUILD = f"arn:aws:iam::{HOME}:role/tests-build"


def only(principal: str) -> dict[str, Any]:
    """The condition by which a role knows its one caller before that exists."""
    return {"ArnEquals": {"aws:PrincipalArn": principal}}


def by_account(account: str, **condition: Any) -> str:
    """A trust policy for an account's principals, under a condition."""
    made = json.loads(trust(AWS=f"arn:aws:iam::{account}:root"))
    if condition:
        made["Statement"][0]["Condition"] = condition
    return json.dumps(made)


def denying(policy: str, **principal: Any) -> str:
    """The policy with a statement that refuses some of those it allows."""
    made = json.loads(policy)
    refused = {"Effect": "Deny", "Principal": principal, "Action": "sts:AssumeRole"}
    made["Statement"].append(refused)
    return json.dumps(made)


BY_CONDITION = by_account(HOME, **only(BUILD))
LAMBDA = "lambda.amazonaws.com"
SOURCED = json.loads(trust(Service=LAMBDA))
SOURCED["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": HOME}}


@pytest.fixture(scope="module")
def callers(cloud: Cloud) -> dict[str, Any]:
    """STS for sessions of roles: the build that a condition names, and others that may do as much or nothing."""
    made = {}
    for account, name, may in (
        (HOME, "tests-build", ("*",)),
        (HOME, "somebody", ("*",)),
        (HOME, "powerless", ()),
        (OTHER, "somebody", ("*",)),
    ):
        role = make_role(cloud.client("iam", account), name, may=may)
        session = assumed(role, service="codebuild.amazonaws.com", session="test")
        made[f"{account}:{name}"] = client_with(
            "sts",
            "us-east-1",
            access_key=session["AccessKeyId"],
            secret_key=session["SecretAccessKey"],
            token=session["SessionToken"],
        )
    made["root"] = cloud.client("sts", HOME)
    return made


@pytest.fixture
def trusting(cloud: Cloud) -> Iterator[Callable[[str], str]]:
    """Makes the role `wanted` with a trust policy; it is gone after the test."""
    iam = cloud.client("iam", OTHER)
    yield lambda policy: make_role(iam, "wanted", may=(), trusted=policy)
    iam.delete_role(RoleName="wanted")


@pytest.mark.parametrize(
    ("policy", "caller", "allowed"),
    [
        pytest.param(BY_CONDITION, f"{HOME}:tests-build", True, id="the condition names the caller"),
        pytest.param(BY_CONDITION, f"{HOME}:somebody", False, id="the condition names another"),
        pytest.param(BY_CONDITION, "root", False, id="the condition does not name the root"),
        pytest.param(by_account(HOME), f"{HOME}:somebody", True, id="the account is trusted"),
        pytest.param(by_account(HOME), f"{OTHER}:somebody", False, id="another account is trusted"),
        pytest.param(by_account(OTHER), f"{HOME}:somebody", False, id="its own account is trusted"),
        pytest.param(by_account(HOME), f"{HOME}:powerless", False, id="the caller's own policy is silent"),
        pytest.param(trust(AWS=BUILD), f"{HOME}:tests-build", True, id="the role is trusted"),
        pytest.param(trust(AWS=BUILD), f"{HOME}:somebody", False, id="another role is trusted"),
        pytest.param(denying(by_account(HOME), AWS=BUILD), f"{HOME}:tests-build", False, id="denied"),
        pytest.param(denying(by_account(HOME), AWS=BUILD), f"{HOME}:somebody", True, id="another is denied"),
        pytest.param(trust(Service=LAMBDA), f"{HOME}:somebody", False, id="a service is trusted"),
        pytest.param(trust(Service=LAMBDA), "root", False, id="a service is trusted, no root"),
        pytest.param('{"Version": "2012-10-17", "Statement": []}', "root", False, id="nobody is trusted"),
    ],
)
def test_a_role_is_for_whom_it_trusts(
    callers: dict[str, Any], trusting: Callable[[str], str], policy: str, caller: str, allowed: bool
) -> None:
    role = trusting(policy)
    if allowed:
        answer = callers[caller].assume_role(RoleArn=role, RoleSessionName="test")
        assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/wanted/test"
    else:
        with pytest.raises(ClientError) as refused:
            callers[caller].assume_role(RoleArn=role, RoleSessionName="test")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
        assert "is not authorized to perform: sts:AssumeRole" in str(refused.value)


@pytest.mark.parametrize(
    ("policy", "source", "allowed"),
    [
        pytest.param(trust(Service=LAMBDA), None, True, id="the service is trusted"),
        pytest.param(trust(Service=["ecs-tasks.amazonaws.com", LAMBDA]), None, True, id="one of two"),
        pytest.param(trust(Service="ecs-tasks.amazonaws.com"), None, False, id="another service"),
        pytest.param(trust(AWS=OTHER), None, False, id="the account, not the service"),
        pytest.param(denying(trust(Service=LAMBDA), Service=LAMBDA), None, False, id="denied"),
        pytest.param(json.dumps(SOURCED), HOME, True, id="on behalf of the account"),
        pytest.param(json.dumps(SOURCED), OTHER, False, id="on behalf of another"),
        pytest.param(json.dumps(SOURCED), None, False, id="on behalf of nobody that is known"),
    ],
)
def test_a_service_takes_the_roles_that_trust_it(
    trusting: Callable[[str], str], policy: str, source: str | None, allowed: bool
) -> None:
    role = trusting(policy)
    keys = {"aws:SourceAccount": source} if source else None
    if allowed:
        assert assumed(role, service=LAMBDA, session="test", source=keys)["AccessKeyId"].startswith("ASIA")
    else:
        with pytest.raises(NotTrusted, match=f"{LAMBDA} is not authorized to perform: sts:AssumeRole"):
            assumed(role, service=LAMBDA, session="test", source=keys)


def test_a_role_that_is_not_there_is_nobodys(cloud: Cloud) -> None:
    with pytest.raises(NotTrusted, match="there is no such role"):
        assumed(f"arn:aws:iam::{OTHER}:role/nothing", service=LAMBDA, session="test")


def test_a_session_ends(cloud: Cloud) -> None:
    role = make_role(cloud.client("iam", HOME), "brief")
    session = assumed(role, service=LAMBDA, session="test", seconds=-1)
    sts = client_with(
        "sts",
        "us-east-1",
        access_key=session["AccessKeyId"],
        secret_key=session["SecretAccessKey"],
        token=session["SessionToken"],
    )
    with pytest.raises(ClientError, match="ExpiredToken"):
        sts.get_caller_identity()
