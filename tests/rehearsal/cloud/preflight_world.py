"""Accounts of the served cloud that `make preflight` asks."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.bootstrap import SERVICES_WITH_ROLES
from pipeline.environments import DEV, TOOLS
from pipeline.preflight.account import VERSION
from pipeline.preflight.asking import Asked
from pipeline.preflight.report import answers
from portal_stage.config import HostedZone
from rehearsal.assembly import Stack, Target
from rehearsal.cloud import Cloud, raise_quotas
from rehearsal.cloud.prerequisites import create_connection, create_hosted_zone

ACCOUNT, HOME = "616161616161", "626262626262"
ZONE = HostedZone(id="Z0PREFLIGHT0123456", name="preflight.bank.example")
ENVIRONMENT = dataclasses.replace(DEV, account=ACCOUNT, zone=ZONE)
ROLES = tuple(f"cdk-hnb659fds-{kind}-role-{ACCOUNT}-us-east-1" for kind in ("deploy", "lookup"))
ROLES += tuple(f"cdk-hnb659fds-{kind}-publishing-role-{ACCOUNT}-us-east-1" for kind in ("file", "image"))
EXECUTION = "cdk-hnb659fds-cfn-exec-role-{}-us-east-1"


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


TEMPLATE = {
    "Resources": {
        "Address": of("EC2::EIP"),
        "Launch": of("EC2::LaunchTemplate", LaunchTemplateData={"InstanceType": "t4g.nano"}),
        "Group": of(
            "AutoScaling::AutoScalingGroup",
            LaunchTemplate={"LaunchTemplateId": {"Ref": "Launch"}},
            MaxSize="2",
        ),
        "Task": of("ECS::TaskDefinition", Cpu="1024"),
        "Service": of(
            "ECS::Service",
            TaskDefinition={"Ref": "Task"},
            CapacityProviderStrategy=[
                {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 0},
                {"CapacityProvider": "FARGATE_SPOT", "Weight": 1},
            ],
        ),
        "Scaling": of(
            "ApplicationAutoScaling::ScalableTarget",
            MaxCapacity=6,
            ResourceId={"Fn::Sub": "service/c/${Service.Name}"},
        ),
        "Cdn": of(
            "CloudFront::Distribution", DistributionConfig={"Aliases": ["portal.preflight.bank.example"]}
        ),
        "Domain": of("ApiGateway::DomainName", DomainName="api.preflight.bank.example"),
    }
}


def asked(cloud: Cloud, account: str = ACCOUNT, **changes: Any) -> Asked:
    target = Target(account=ACCOUNT, region="us-east-1")
    servers = {"ns-1.example", "ns-2.example"}
    given: dict[str, Any] = {
        "account": account,
        "tools": dataclasses.replace(
            TOOLS, account=HOME, connection_arn=TOOLS.connection_arn.replace(TOOLS.account, HOME)
        ),
        "environments": [ENVIRONMENT] if account == ACCOUNT else [],
        "stacks": [Stack(id="x", name="portal-preflight", target=target, template=TEMPLATE, bootstrap=8)],
        "client": cache(lambda service: cloud.client(service, account)),
        "name_servers": lambda _: servers,
    }
    return Asked(**(given | changes))


def said(of_whom: Asked, check: str) -> list[tuple[bool, str]]:
    return [(answer.ok, answer.sentence) for answer in answers(of_whom) if answer.check == check]


@pytest.fixture
def prepared(cloud: Cloud) -> Iterator[Cloud]:
    """Two accounts as `make bootstrap` and the README leave them."""
    for account in (ACCOUNT, HOME):
        bootstrapped(cloud, account)
    for name in ROLES:
        make_role(cloud.client("iam", ACCOUNT), name, HOME)
    create_hosted_zone(cloud, account=ACCOUNT, zone_id=ZONE.id, name=ZONE.name)
    create_connection(account=HOME, arn=asked(cloud).tools.connection_arn)
    yield cloud
    raise_quotas({})


def bootstrapped(cloud: Cloud, account: str) -> None:
    """What `make bootstrap` leaves in the pipeline's account, and in every other but for trust."""
    client = cache(lambda service: cloud.client(service, account))
    client("ssm").put_parameter(Name=VERSION, Value="30", Type="String", Overwrite=True)
    for service in SERVICES_WITH_ROLES:
        with contextlib.suppress(client("iam").exceptions.EntityAlreadyExistsException):
            client("iam").create_service_linked_role(AWSServiceName=service)
    make_role(client("iam"), "api-gateway-logs", account)
    make_role(client("iam"), EXECUTION.format(account), account)
    attach_only(client("iam"), EXECUTION.format(account), TOOLS.execution_policies)
    log_as(client("apigateway"), f"arn:aws:iam::{account}:role/api-gateway-logs")


def make_role(iam: Any, name: str, trusted: str, *, distrusted: str | None = None) -> None:
    """A role that one account may take, and another explicitly may not; or the same role with this trust."""
    statements = [
        {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
        for effect, account in (("Allow", trusted), ("Deny", distrusted))
        if account
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy)


def attach_only(iam: Any, role: str, policies: Iterable[str]) -> None:
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    for policy in policies:
        iam.attach_role_policy(RoleName=role, PolicyArn=policy)


def log_as(apigateway: Any, arn: str) -> None:
    apigateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}])


def servers_of(cloud: Cloud) -> set[str]:
    zone = cloud.client("route53", ACCOUNT).get_hosted_zone(Id=ZONE.id)
    return {server.rstrip(".").lower() for server in zone["DelegationSet"]["NameServers"]}


def answering(prepared: Cloud, service: str, **methods: Callable[..., Any]) -> Callable[[str], Any]:
    """Clients of which one answers by these methods, the others as ever."""
    made = cache(lambda name: prepared.client(name, ACCOUNT))
    stand_in = SimpleNamespace(**methods)
    return lambda name: stand_in if name == service else made(name)
