"""`Ref` gives what it gives on AWS, and the resource can be changed, renamed and removed under that."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud.conformance import check_stack
from tests.rehearsal.roles import make_role

from .conftest import ACCOUNT, stack_name

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"One": {"Type": f"AWS::{kind}", "Properties": properties}}


def test_ref_of_a_secret_is_its_arn(deploy: Deploy, client: Client) -> None:
    secrets = client("secretsmanager")

    def made(**properties: Any) -> str:
        return deploy(of("SecretsManager::Secret", **properties), Ref={"Ref": "One"})["Ref"]

    first = made(Name="first", Description="before")
    assert first == secrets.describe_secret(SecretId="first")["ARN"]
    assert made(Name="first", Description="after") == first
    assert secrets.describe_secret(SecretId="first")["Description"] == "after"
    assert made(Name="second") == secrets.describe_secret(SecretId="second")["ARN"]
    assert [each["Name"] for each in secrets.list_secrets()["SecretList"]] == ["second"]


def test_ref_of_an_instance_profile_is_its_name(
    deploy: Deploy, client: Client, request: pytest.FixtureRequest
) -> None:
    iam = client("iam")
    for role in ("profiled", "profiled-anew"):
        make_role(iam, role)

    def made(name: str, role: str) -> str:
        return deploy(of("IAM::InstanceProfile", InstanceProfileName=name, Roles=[role]), Ref={"Ref": "One"})[
            "Ref"
        ]

    assert made("nat", "profiled") == "nat"
    assert check_stack(stack_name(request), account=ACCOUNT).findings == []
    assert made("nat", "profiled-anew") == "nat"
    (profile,) = iam.list_instance_profiles()["InstanceProfiles"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["profiled-anew"]
    assert made("nat-2", "profiled") == "nat-2"
    assert [each["InstanceProfileName"] for each in iam.list_instance_profiles()["InstanceProfiles"]] == [
        "nat-2"
    ]
