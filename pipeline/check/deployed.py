"""What is deployed of an environment, read from CloudFormation alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from botocore.exceptions import ClientError

from rehearsal.assembly import Stack
from rehearsal.refusals import Account
from rehearsal.refusals.deployment import deployed
from rehearsal.refusals.quotas import QUOTAS
from rehearsal.refusals.views import Template

# States in which nothing is deployed under the name:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-status-codes
ABSENT = ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
READY = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
# The role reads CloudFormation only, so the check cannot know an account's quotas: `make preflight` asks for them.
UNKNOWN_QUOTAS = dict.fromkeys((quota.code for quota in QUOTAS), sys.maxsize)
# `make bootstrap` makes them, and it makes the role with which this reads.
SERVICES_WITH_ROLES = frozenset({"ecs.amazonaws.com", "autoscaling.amazonaws.com"})


@dataclass(frozen=True, kw_only=True)
class Body:
    """One stack's template as it is deployed or will be."""

    stack: str
    account: str
    region: str
    body: dict[str, Any]


def blocked(cloudformation: Any, stack: str) -> str | None:
    """Return why CloudFormation would take no change set for a stack; None if it would. Raises ClientError."""
    status = _status(cloudformation, stack)
    if status in (None, *ABSENT, *READY):
        return None
    if status.endswith("_IN_PROGRESS"):
        return f"{stack} is {status}: wait until CloudFormation has finished, then retry the stage"
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"{stack} is {status}: run aws cloudformation continue-update-rollback --stack-name {stack} in its "
            "account, then retry the stage"
        )
    return (
        f"{stack} is {status}, which CloudFormation updates never: run aws cloudformation delete-stack --stack-name "
        f"{stack} in its account, then retry the stage"
    )


def account(cloudformation: Any, stacks: Sequence[Stack]) -> Account:
    """Return the account of these stacks as it is now; they all go into one. Raises ClientError."""
    target = stacks[0].target
    bodies = [
        Body(stack=each.name, account=target.account, region=target.region, body=body)
        for each in stacks
        if (body := _template(cloudformation, each.name)) is not None
    ]
    views = deployed(bodies)
    others = _importers(cloudformation, views)
    return Account(
        id=target.account,
        region=target.region,
        roles=None,
        service_linked=SERVICES_WITH_ROLES,
        gateway_logs=True,
        stacks={**others, **views},
    )


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if _is_absent(error):
            return None
        raise


def _template(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """The template as it was given; None where nothing is deployed."""
    if _status(cloudformation, stack) in (None, *ABSENT, "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        return None
    body = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    # boto3 parses JSON; the templates of CDK are JSON, but anybody may have deployed YAML under the name.
    parsed: dict[str, Any] = body if isinstance(body, dict) else json.loads(json.dumps(yaml.safe_load(body)))
    return parsed


def _importers(cloudformation: Any, stacks: dict[str, Template]) -> dict[str, Template]:
    """The stacks beside these that import from them; of each only its name and what it imports."""
    imports: dict[str, set[str]] = {}
    for stack in stacks.values():
        for export in stack.exports:
            for importer in _importing(cloudformation, export):
                imports.setdefault(importer, set()).add(export)
    first = next(iter(stacks.values()), None)
    return {
        name: Template(
            stack=name,
            account=first.account,
            region=first.region,
            resources={},
            exports={},
            imports=frozenset(imported),
        )
        for name, imported in imports.items()
        if first and name not in stacks
    }


def _importing(cloudformation: Any, export: str) -> Iterator[str]:
    try:
        for page in cloudformation.get_paginator("list_imports").paginate(ExportName=export):
            yield from page["Imports"]
    except ClientError as error:
        # CloudFormation answers so for an export that nobody imports:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html
        if "is not imported by any stack" not in str(error):
            raise


def _is_absent(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error)
