"""`python -m pipeline.check ENVIRONMENT`: what its deployment would change, and what AWS would refuse; only reads."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.check.deployed import UNKNOWN_QUOTAS, Body, account, blocked
from pipeline.check.report import as_text
from rehearsal.assembly import Assembly, AssemblyError, Stack
from rehearsal.refusals.deployment import StackChange, deploy

ROLE_VARIABLE = "PLAN_READER_ROLE"
EPILOG = f"""\
The deployed templates are compared with those of the assembly by CloudFormation's resource schemas, and what AWS would
refuse is told before anything is deployed. The pipeline runs this before every environment, with the role of the
account baseline that {ROLE_VARIABLE} names; without that variable it takes the present credentials.

examples:
  AWS_PROFILE=dev make diff ENV=dev               synthesize, then compare with what dev has
  python -m pipeline.check dev --json             for a program, with the assembly in cdk.out

The exit code is 0 if AWS would take it, 1 if it would refuse something, 2 if the account could not be asked.
"""


class CannotCompareError(Exception):
    """The assembly or the account cannot be read; the message says why and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.check",
        description="Tell what a deployment of an environment would change, and whether AWS would refuse it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", help="its suffix, for example dev")
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"), help="default: cdk.out")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    try:
        stacks = stacks_of(arguments.environment, arguments.assembly)
        found, stuck = compare_with_deployed(stacks, session(stacks[0], os.environ.get(ROLE_VARIABLE)))
    except CannotCompareError as error:
        print(error, file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError) as error:
        print(
            f"CloudFormation of account {stacks[0].target.account} cannot be read: {error}. Use credentials of that "
            "account, for example AWS_PROFILE=dev make diff ENV=dev",
            file=sys.stderr,
        )
        return 2
    refusals = [*stuck, *(sentence for stack in found for sentence in stack.refusals)]
    if arguments.json:
        changes = [
            asdict(change) | {"loses_data": change.loses_data} for stack in found for change in stack.changes
        ]
        print(
            json.dumps(
                {"environment": arguments.environment, "changes": changes, "refusals": refusals}, indent=2
            )
        )
    else:
        print(as_text(arguments.environment, found, refusals))
    return 1 if refusals else 0


def stacks_of(environment: str, folder: Path) -> list[Stack]:
    """Return the environment's stacks in the order of deployment. Raises CannotCompareError."""
    try:
        staged = [stack for stack in Assembly(folder).stacks if "/" in stack.id]
    except AssemblyError as error:
        raise CannotCompareError(str(error)) from error
    found = [stack for stack in staged if stack.id.split("/")[-2] == environment]
    if not found:
        known = ", ".join(dict.fromkeys(stack.id.split("/")[-2] for stack in staged))
        raise CannotCompareError(f"environment {environment!r}: use one of {known}")
    return found


def session(stack: Stack, role: str | None) -> boto3.Session:
    """Return a session in the stack's account: of `role`, an ARN, or of the present credentials.

    Raises:
        CannotCompareError: when the role cannot be assumed, or the credentials are those of another account.
        botocore.exceptions.BotoCoreError: when there are no credentials.
    """
    target = stack.target
    present = boto3.Session(region_name=target.region)
    sts = present.client("sts")
    if role is None:
        here = sts.get_caller_identity()["Account"]
        if here != target.account:
            raise CannotCompareError(
                f"account {here} of the present credentials: {stack.name} belongs to {target.account}; use "
                "credentials of that account, for example AWS_PROFILE=dev make diff ENV=dev"
            )
        return present
    try:
        assumed = sts.assume_role(RoleArn=role, RoleSessionName="check")["Credentials"]
    except ClientError as error:
        raise CannotCompareError(
            f"{role} cannot be assumed: {error}. The account baseline makes it: run make bootstrap from this commit "
            f"with credentials of account {target.account}, then retry the stage"
        ) from error
    return boto3.Session(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        region_name=target.region,
    )


def compare_with_deployed(stacks: list[Stack], session: Any) -> tuple[list[StackChange], list[str]]:
    """Return what each stack's deployment does, and why CloudFormation would take no change set of a stack.

    Raises:
        botocore.exceptions.ClientError: when CloudFormation cannot be read.
    """
    cloudformation = session.client("cloudformation")
    stuck = [sentence for stack in stacks if (sentence := blocked(cloudformation, stack.name))]
    present = account(cloudformation, stacks)
    bodies = [
        Body(stack=each.name, account=each.target.account, region=each.target.region, body=each.template)
        for each in stacks
    ]
    return list(deploy(bodies, {present.id: present}, quotas=UNKNOWN_QUOTAS)), stuck


if __name__ == "__main__":
    sys.exit(main())
