"""What `make bootstrap` leaves in an account, and the connection to the source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from pipeline.bootstrap import SERVICES_WITH_ROLES
from pipeline.execution_policies import execution_policy_arns
from pipeline.preflight.asking import Asked, Said
from portal_stage.qualifier import configured_qualifier

VERSION = f"/cdk-bootstrap/{configured_qualifier()}/version"
# The roles that the pipeline takes in an environment's account, by the parts of their names.
TAKEN = ("deploy", "file-publishing", "image-publishing", "lookup")
AGAIN = "run make bootstrap with this account's credentials"


def bootstrap_version(asked: Asked) -> Iterator[Said]:
    """The CDK bootstrap is as new as the assembly asks for."""
    needed = max((stack.bootstrap for stack in asked.stacks), default=0)
    try:
        parameter = asked.client("ssm").get_parameter(Name=VERSION)["Parameter"]
    except asked.client("ssm").exceptions.ParameterNotFound:
        yield False, f"the account has no CDK bootstrap: {AGAIN}"
        return
    found = int(parameter["Value"])
    if found < needed:
        yield False, f"the CDK bootstrap has version {found}, and the assembly asks for {needed}: {AGAIN}"
    else:
        yield True, f"the CDK bootstrap has version {found}, and the assembly asks for {needed}"


def bootstrap_trust(asked: Asked) -> Iterator[Said]:
    """An environment's account lets the pipeline's account take the bootstrap's roles."""
    if asked.holds_the_pipeline:
        yield True, "the pipeline lives in this account, which trusts itself"
        return
    home = asked.tools.account
    for kind in TAKEN:
        name = _bootstrap_role(asked, kind)
        role = _role(asked, name)
        if role is None:
            yield False, f"the role {name} is missing: {AGAIN}"
        elif home not in _trusted(role["AssumeRolePolicyDocument"]):
            yield False, f"{name} does not trust the pipeline's account {home}: {AGAIN}"
        else:
            yield True, f"{name} trusts the pipeline's account {home}"


def execution_policies(asked: Asked) -> Iterator[Said]:
    """CloudFormation may do what `pipeline/environments.py` says, and nothing else."""
    name = _bootstrap_role(asked, "cfn-exec")
    if _role(asked, name) is None:
        yield False, f"the role {name} is missing: {AGAIN}"
        return
    pages = asked.client("iam").get_paginator("list_attached_role_policies").paginate(RoleName=name)
    found = sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"])
    wanted = sorted(execution_policy_arns(asked.tools.execution_policies, asked.account))
    if found == wanted:
        yield True, f"CloudFormation deploys with {', '.join(found)}"
    else:
        yield (
            False,
            f"{name} has {', '.join(found) or 'no policy'}, and pipeline/environments.py names "
            f"{', '.join(wanted)}: {AGAIN}",
        )


def service_linked_roles(asked: Asked) -> Iterator[Said]:
    """The services have the roles without which the first cluster or group fails."""
    for service in SERVICES_WITH_ROLES:
        found = asked.client("iam").list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
        yield (
            bool(found),
            f"{service} has its service-linked role"
            if found
            else (f"{service} has no service-linked role: {AGAIN}"),
        )


def gateway_logs(asked: Asked) -> Iterator[Said]:
    """API Gateway has the account's role for logs, and the role is there."""
    arn = asked.client("apigateway").get_account().get("cloudwatchRoleArn")
    if not arn:
        yield False, f"API Gateway has no role for its logs: {AGAIN}"
    elif _role(asked, arn.rpartition("/")[2]) is None:
        yield False, f"API Gateway's role for its logs, {arn}, does not exist any more: {AGAIN}"
    else:
        yield True, f"API Gateway writes its logs as {arn}"


def connection(asked: Asked) -> Iterator[Said]:
    """The connection to the source is there, and somebody has finished it in the console."""
    if not asked.holds_the_pipeline:
        return
    arn = asked.tools.connection_arn
    try:
        found = asked.client("codeconnections").get_connection(ConnectionArn=arn)["Connection"]
    except asked.client("codeconnections").exceptions.ResourceNotFoundException:
        yield (
            False,
            f"there is no connection {arn}: create one and write its ARN into pipeline/environments.py",
        )
        return
    status = found["ConnectionStatus"]
    if status == "AVAILABLE":
        yield True, f"the connection {found['ConnectionName']} to {found['ProviderType']} is available"
    else:
        yield (
            False,
            (
                f"the connection {found['ConnectionName']} is {status}: finish it in the console, Developer Tools, "
                "Connections"
            ),
        )


def zones(asked: Asked) -> Iterator[Said]:
    """The zones that the network is pinned to are there and open."""
    for environment in asked.environments:
        pinned = environment.network.zone_ids
        found = asked.client("ec2").describe_availability_zones(ZoneIds=list(pinned))["AvailabilityZones"]
        available = {zone["ZoneId"] for zone in found if zone["State"] == "available"}
        if missing := sorted(set(pinned) - available):
            yield (
                False,
                f"{environment.suffix}: {', '.join(missing)} not available: pin network.zone_ids to others",
            )
        else:
            yield True, f"{environment.suffix}: {', '.join(pinned)} are available"


def _bootstrap_role(asked: Asked, kind: str) -> str:
    return f"cdk-{configured_qualifier()}-{kind}-role-{asked.account}-{asked.tools.region}"


def _role(asked: Asked, name: str) -> Any:
    try:
        return asked.client("iam").get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None


def _trusted(policy: Any) -> set[str]:
    """The accounts whose principals a trust policy names."""
    document = policy if isinstance(policy, dict) else json.loads(unquote(policy))
    allowed = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    return set(re.findall(r"\d{12}", json.dumps([statement.get("Principal") for statement in allowed])))
