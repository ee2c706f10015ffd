"""The managed policies that an account has before it is bootstrapped, as the bank's administrators made them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.prerequisites import create_policies
from tests.rehearsal.roles import policy

ACCOUNT = "555555555555"
ARN = f"arn:aws:iam::{ACCOUNT}:policy/bank-boundary"


@pytest.fixture
def iam(cloud: Cloud) -> Iterator[Any]:
    """IAM of an account, whose policy is gone after the test."""
    client = cloud.client("iam", ACCOUNT)
    yield client
    for listed in client.list_policies(Scope="Local")["Policies"]:
        for version in client.list_policy_versions(PolicyArn=listed["Arn"])["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=listed["Arn"], VersionId=version["VersionId"])
        client.delete_policy(PolicyArn=listed["Arn"])


def document(iam: Any) -> Any:
    """What the policy says now."""
    version = iam.get_policy(PolicyArn=ARN)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=ARN, VersionId=version)["PolicyVersion"]["Document"]


def test_a_policy_is_made_and_follows_its_file(cloud: Cloud, iam: Any) -> None:
    for text in (policy("sqs:*", Resource="*"), policy("sns:*", Resource="*")):
        create_policies(cloud, account=ACCOUNT, documents={"bank-boundary": text})
        assert document(iam) == json.loads(text)


def test_what_is_no_policy_is_refused(cloud: Cloud, iam: Any) -> None:
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        create_policies(cloud, account=ACCOUNT, documents={"bank-boundary": "[]"})
