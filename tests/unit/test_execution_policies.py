"""What CloudFormation may do in an account is named in the configuration, and handed to `cdk bootstrap`."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path

import pytest

from pipeline.account_baseline import NAME, synthesize
from pipeline.bootstrap import CDK, bootstrap_arguments, boundary_of
from pipeline.environments import DEV, PROD, TOOLS
from portal_stage.errors import ConfigurationError

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
POLICIES = "--cloudformation-execution-policies"


def after(option: str, arguments: list[str]) -> str:
    return arguments[arguments.index(option) + 1]


def test_cloudformation_may_do_everything_unless_somebody_says_otherwise() -> None:
    assert TOOLS.execution_policies == (ADMINISTRATOR,)
    for account in (TOOLS.account, DEV.account):
        assert after(POLICIES, bootstrap_arguments(account, TOOLS)) == ADMINISTRATOR


def test_a_name_is_that_of_each_accounts_own_policy_and_an_arn_stays() -> None:
    names = ("bank-cdk-execution", "bank/limits", "arn:aws:iam::aws:policy/IAMFullAccess")
    tools = dataclasses.replace(TOOLS, execution_policies=names)
    for account in (TOOLS.account, DEV.account):
        own = f"arn:aws:iam::{account}:policy"
        assert after(POLICIES, bootstrap_arguments(account, tools)).split(",") == [
            f"{own}/bank-cdk-execution",
            f"{own}/bank/limits",
            "arn:aws:iam::aws:policy/IAMFullAccess",
        ]


@pytest.mark.parametrize(
    "policies",
    [
        (),
        "bank-cdk-execution",
        None,
        ("bank cdk",),
        (1,),
        ("twice", "twice"),
        # An account's own ARN would be another account's mistake.
        (f"arn:aws:iam::{DEV.account}:policy/bank-cdk-execution",),
        ("arn:aws:iam::aws:role/AdministratorAccess",),
        tuple(f"policy-{number}" for number in range(11)),
    ],
)
def test_what_names_no_policy_of_every_account_is_told(policies: object) -> None:
    with pytest.raises(ConfigurationError) as error:
        dataclasses.replace(TOOLS, execution_policies=policies)
    (problem,) = error.value.problems
    assert problem.startswith(
        f"tools: execution_policies {policies!r}: use a tuple of 1 to 10 managed policies"
    )
    assert problem.endswith("for example ('bank-cdk-execution',)")


def test_only_an_environments_account_trusts_the_tools_account() -> None:
    assert "--trust" not in bootstrap_arguments(TOOLS.account, TOOLS)
    arguments = bootstrap_arguments(DEV.account, TOOLS)
    assert arguments[:2] == ["bootstrap", f"aws://{DEV.account}/us-east-1"]
    assert after("--trust", arguments) == TOOLS.account


def test_a_boundary_is_put_on_every_role_of_the_bootstrap() -> None:
    bounded = dataclasses.replace(DEV, permissions_boundary="bank/boundary")
    boundary = boundary_of(DEV.account, TOOLS, [bounded, PROD])
    assert boundary == f"arn:aws:iam::{DEV.account}:policy/bank/boundary"
    arguments = bootstrap_arguments(DEV.account, TOOLS, boundary)
    assert after("--custom-permissions-boundary", arguments) == "bank/boundary"
    assert "--apply-permissions-boundary-to-all-roles" in arguments

    assert boundary_of(PROD.account, TOOLS, [bounded, PROD]) is None
    assert "--custom-permissions-boundary" not in bootstrap_arguments(PROD.account, TOOLS)


def test_a_boundary_is_put_on_the_roles_of_the_account_baseline(tmp_path: Path) -> None:
    def boundaries(boundary: str | None) -> list[object]:
        folder = tmp_path / str(boundary).rpartition("/")[2]
        synthesize(folder, tools_account=TOOLS.account, boundary=boundary)
        resources = json.loads((folder / f"{NAME}.template.json").read_text(encoding="utf-8"))["Resources"]
        roles = [resource for resource in resources.values() if resource["Type"] == "AWS::IAM::Role"]
        return [role["Properties"].get("PermissionsBoundary") for role in roles]

    policy = f"arn:aws:iam::{DEV.account}:policy/bank-boundary"
    assert boundaries(policy) == [policy, policy]
    assert boundaries(None) == [None, None]


def test_the_pinned_cdk_has_the_options() -> None:
    arguments = bootstrap_arguments(DEV.account, TOOLS, f"arn:aws:iam::{DEV.account}:policy/bank-boundary")
    told = subprocess.run(
        [str(CDK), "bootstrap", "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = [argument for argument in arguments if argument.startswith("--")]
    assert len(options) == 4
    # The help breaks a name that is longer than its column.
    assert [option for option in options if option[:40] not in told] == []


def test_environments_that_share_an_account_share_its_boundary() -> None:
    one = dataclasses.replace(DEV, permissions_boundary="bank-boundary")
    same = dataclasses.replace(
        PROD, account=DEV.account, permissions_boundary=f"arn:aws:iam::{DEV.account}:policy/bank-boundary"
    )
    assert boundary_of(DEV.account, TOOLS, [one, same]) == same.permissions_boundary
    other = dataclasses.replace(same, permissions_boundary=None)
    with pytest.raises(ConfigurationError, match=f"of account {DEV.account}: use one for all that share"):
        boundary_of(DEV.account, TOOLS, [one, other])
