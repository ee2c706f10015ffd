"""Prepares the account of the present credentials, before anything is delivered to it: `make bootstrap`.

Idempotent: run it again after a change of `pipeline/environments.py` or of the CDK CLI.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.account_baseline import GATEWAY_ROLE, NAME, synthesize
from pipeline.config import Tools
from pipeline.execution_policies import execution_policy_arns
from portal_stage.boundary import boundary_arn
from portal_stage.config import Environment
from portal_stage.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[1]
CDK = ROOT / "node_modules" / ".bin" / "cdk"
# Services make theirs at the first use, and a cluster or a group that is made in that minute fails. No stack holds
# them: it would fail on one that another project's use has made.
SERVICES_WITH_ROLES = ("ecs.amazonaws.com", "autoscaling.amazonaws.com")


def bootstrap_arguments(account: str, tools: Tools, boundary: str | None = None) -> list[str]:
    """`cdk bootstrap` of an account: an environment's trusts the tools account, which deploys into it.

    `boundary`: the ARN of the policy that bounds each of its roles; None for none.
    """
    arguments = [
        "bootstrap",
        f"aws://{account}/{tools.region}",
        "--cloudformation-execution-policies",
        ",".join(execution_policy_arns(tools.execution_policies, account)),
    ]
    if account != tools.account:
        arguments += ["--trust", tools.account]
    if boundary:
        name = boundary.partition(":policy/")[2]
        arguments += ["--custom-permissions-boundary", name, "--apply-permissions-boundary-to-all-roles"]
    return arguments


def boundary_of(account: str, tools: Tools, environments: Sequence[Environment]) -> str | None:
    """The ARN of the boundary that the roles of `account` carry, which several owners may share; None for none.

    Raises:
        ConfigurationError: when its owners name different ones: a role of the bootstrap serves them all.
    """
    owners: list[Tools | Environment] = [tools, *environments]
    here = [owner.permissions_boundary for owner in owners if owner.account == account]
    named = {boundary_arn(boundary, account) for boundary in here}
    if len(named) > 1:
        told = ", ".join(sorted(str(boundary) for boundary in named))
        raise ConfigurationError(
            [f"permissions_boundary {told} of account {account}: use one for all that share the account"]
        )
    return named.pop()


def make_service_linked_roles(iam: Any) -> list[str]:
    """Make those that the account lacks; returns their services. Raises botocore's ClientError."""
    lacking = [
        service
        for service in SERVICES_WITH_ROLES
        if not iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
    ]
    for service in lacking:
        iam.create_service_linked_role(AWSServiceName=service)
    return lacking


def foreign_gateway_role(session: Any, account: str) -> str | None:
    """Return the ARN of the role that somebody else gave API Gateway for its logs; None if there is none.

    An account has one in a Region, and the stages of every API write with it. Raises botocore's ClientError.
    """
    arn: str | None = session.client("apigateway").get_account().get("cloudwatchRoleArn")
    if not arn or arn == f"arn:aws:iam::{account}:role/{GATEWAY_ROLE}":
        return None
    iam = session.client("iam")
    try:
        iam.get_role(RoleName=arn.rpartition("/")[2])
    except iam.exceptions.NoSuchEntityException:
        return None
    return arn


def account_of(session: Any, accounts: set[str]) -> str:
    """The account of the session's credentials.

    Raises:
        ConfigurationError: when it is none of `accounts`.
        botocore.exceptions.NoCredentialsError: when there are none.
    """
    account = str(session.client("sts").get_caller_identity()["Account"])
    if account not in accounts:
        raise ConfigurationError(
            [
                f"account {account!r} of the present credentials: use those of one that pipeline/environments.py "
                f"names, which are {', '.join(sorted(accounts))}"
            ]
        )
    return account


def prepare(tools: Tools, environments: Sequence[Environment]) -> None:
    """Bootstrap, service-linked roles, account baseline.

    Raises:
        ConfigurationError: when the credentials are those of an account that no environment names, or its owners
            differ in their boundary.
        subprocess.CalledProcessError: when the CDK CLI fails; it has told why.
        botocore.exceptions.ClientError: when AWS refuses.
    """
    session = boto3.Session(region_name=tools.region)
    account = account_of(session, {tools.account, *(environment.account for environment in environments)})
    boundary = boundary_of(account, tools, environments)
    foreign = foreign_gateway_role(session, account)
    if foreign:
        print(f"API Gateway writes its logs as {foreign}, which somebody else has set: it stays as it is")
    # A folder of its own: the CLI lets one process have cdk.out, and accounts may be prepared side by side.
    with tempfile.TemporaryDirectory() as folder:
        synthesize(Path(folder), tools_account=tools.account, boundary=boundary, gateway_logs=foreign is None)
        _cdk(*bootstrap_arguments(account, tools, boundary), "--app", folder, region=tools.region)
        for service in make_service_linked_roles(session.client("iam")):
            print(f"made the service-linked role of {service}")
        _cdk("deploy", NAME, "--app", folder, "--require-approval", "never", region=tools.region)


def _cdk(*arguments: str, region: str) -> None:
    env = os.environ | {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    subprocess.run([str(CDK), *arguments], cwd=ROOT, env=env, check=True)  # noqa: S603 - nothing comes from outside


def main() -> None:
    try:
        from pipeline.environments import ENVIRONMENTS, TOOLS

        prepare(TOOLS, ENVIRONMENTS)
    except ConfigurationError as error:
        sys.exit(str(error))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{error}. Use an administrator's credentials, for example AWS_PROFILE=dev make bootstrap")
    except subprocess.CalledProcessError as error:
        # It has told why.
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
