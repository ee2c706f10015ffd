"""Each check of `make preflight`, with real boto3 against the served cloud, is seen to say yes and to say no."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.preflight import quotas
from pipeline.preflight.account import VERSION, zones
from pipeline.preflight.report import CHECKS, answers
from portal_stage.config import HostedZone
from rehearsal.cloud import Cloud, raise_quotas
from rehearsal.cloud.prerequisites import CONNECTION
from rehearsal.cloud.types.records import Record, keep

from .preflight_world import (
    ACCOUNT,
    ENVIRONMENT,
    EXECUTION,
    HOME,
    ROLES,
    ZONE,
    asked,
    attach_only,
    log_as,
    make_role,
    prepared,
    said,
    servers_of,
)

__all__ = ["prepared"]


def test_a_prepared_account_is_ready(prepared: Cloud) -> None:
    of_environment = asked(prepared, name_servers=lambda _: servers_of(prepared))
    told = [*answers(of_environment), *answers(asked(prepared, HOME))]
    assert [answer.sentence for answer in told if not answer.ok] == []
    assert {answer.check for answer in told} == {check.__name__.replace("_", " ") for check in CHECKS}


Spoil = Callable[[Callable[[str], Any]], object]

SPOILT: list[tuple[str, Spoil, str]] = [
    (
        "bootstrap version",
        lambda client: client("ssm").put_parameter(Name=VERSION, Value="6", Type="String", Overwrite=True),
        "the CDK bootstrap has version 6, and the assembly asks for 8: run make bootstrap",
    ),
    (
        "bootstrap version",
        lambda client: client("ssm").delete_parameter(Name=VERSION),
        "the account has no CDK bootstrap",
    ),
    (
        "bootstrap trust",
        lambda client: make_role(client("iam"), ROLES[0], "999999999999"),
        f"{ROLES[0]} does not trust the pipeline's account {HOME}",
    ),
    (
        "bootstrap trust",
        lambda client: client("iam").delete_role(RoleName=ROLES[1]),
        f"the role {ROLES[1]} is missing",
    ),
    (
        "execution policies",
        lambda client: attach_only(client("iam"), EXECUTION.format(ACCOUNT), []),
        f"{EXECUTION.format(ACCOUNT)} has no policy, and pipeline/environments.py names arn:aws:iam::aws:policy/"
        "AdministratorAccess: run make bootstrap",
    ),
    (
        "execution policies",
        lambda client: client("iam").attach_role_policy(
            RoleName=EXECUTION.format(ACCOUNT), PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
        ),
        "has arn:aws:iam::aws:policy/AdministratorAccess, arn:aws:iam::aws:policy/ReadOnlyAccess, and",
    ),
    (
        "gateway logs",
        lambda client: log_as(client("apigateway"), ""),
        "API Gateway has no role for its logs",
    ),
    (
        "gateway logs",
        lambda client: client("iam").delete_role(RoleName="api-gateway-logs"),
        "does not exist any more",
    ),
]


@pytest.mark.parametrize(("check", "spoil", "told"), SPOILT, ids=[told[:40] for _, _, told in SPOILT])
def test_what_is_missing_is_said(prepared: Cloud, check: str, spoil: Spoil, told: str) -> None:
    assert all(ok for ok, _ in said(asked(prepared), check))
    spoil(cache(lambda service: prepared.client(service, ACCOUNT)))
    assert [sentence for ok, sentence in said(asked(prepared), check) if not ok and told in sentence]


def test_service_linked_roles_of_a_fresh_account_are_missing(cloud: Cloud) -> None:
    told = said(asked(cloud, "636363636363", environments=[]), "service linked roles")
    assert [ok for ok, _ in told] == [False, False]


def test_a_connection_is_finished_by_a_person(prepared: Cloud) -> None:
    arn = asked(prepared).tools.connection_arn
    assert said(asked(prepared, HOME), "connection") == [
        (True, "the connection source to GitHub is available")
    ]
    keep(CONNECTION, Record(HOME, arn, {"ConnectionArn": arn, "ConnectionStatus": "PENDING"}))
    ((ok, sentence),) = said(asked(prepared, HOME), "connection")
    assert not ok
    assert "is PENDING: finish it in the console" in sentence
    other = dataclasses.replace(asked(prepared).tools, connection_arn=arn[:-1] + "0")
    ((ok, sentence),) = said(asked(prepared, HOME, tools=other), "connection")
    assert not ok
    assert "there is no connection" in sentence


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        (HostedZone(id="Z0NOBODYS012345678", name=ZONE.name), "there is no hosted zone Z0NOBODYS012345678"),
        (HostedZone(id=ZONE.id, name="other.bank.example"), f"is {ZONE.name}, not other.bank.example"),
    ],
)
def test_the_zone_is_the_one_that_is_configured(prepared: Cloud, zone: HostedZone, told: str) -> None:
    environment = dataclasses.replace(ENVIRONMENT, zone=zone)
    ((ok, sentence),) = said(asked(prepared, environments=[environment]), "hosted zone")
    assert not ok
    assert told in sentence


def test_a_zone_of_the_network_that_is_closed_is_told(prepared: Cloud) -> None:
    assert said(asked(prepared), "zones") == [(True, "dev: use1-az1, use1-az2, use1-az4 are available")]

    def closed(service: str) -> Any:
        made = prepared.client(service, ACCOUNT)
        if service != "ec2":
            return made
        listed = made.describe_availability_zones()["AvailabilityZones"]
        answer = {"AvailabilityZones": [{**zone, "State": "impaired"} for zone in listed]}
        return SimpleNamespace(describe_availability_zones=lambda **_: answer)

    ((ok, sentence),) = zones(asked(prepared, client=closed))
    assert not ok
    assert "use1-az1, use1-az2, use1-az4 not available" in sentence


def test_a_zone_that_nobody_delegated_is_told(prepared: Cloud) -> None:
    for public in (set(), {"ns.registrar.example"}):
        ((ok, sentence),) = said(asked(prepared, name_servers=lambda _, found=public: found), "delegation")
        assert not ok
        assert "in the zone above it, add an NS record with" in sentence


def test_names_that_are_taken_are_told(prepared: Cloud) -> None:
    client = prepared.client("apigateway", ACCOUNT)
    client.create_domain_name(
        domainName="api.preflight.bank.example",
        regionalCertificateArn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/x",
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    config = {
        "CallerReference": "preflight",
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": ["portal.preflight.bank.example"]},
        "Origins": {"Quantity": 1, "Items": [{"Id": "site", "DomainName": "site.example"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only"},
    }
    prepared.client("cloudfront", ACCOUNT).create_distribution(DistributionConfig=config)
    told = said(asked(prepared), "names are free")
    assert [ok for ok, _ in told] == [False, False]
    assert "portal.preflight.bank.example is an alias of distribution" in told[0][1]
    assert "API Gateway has the custom domain api.preflight.bank.example already" in told[1][1]
    client.delete_domain_name(domainName="api.preflight.bank.example")


def test_a_quota_that_is_too_small_is_told(prepared: Cloud) -> None:
    def wrong() -> list[str]:
        told = [*said(asked(prepared), "resource quotas"), *said(asked(prepared), "instance quota")]
        return [sentence for ok, sentence in [*told, *said(asked(prepared), "fargate quotas")] if not ok]

    assert wrong() == []
    raise_quotas({"L-0263D0A3": 0, "L-1216C47A": 3, "L-3032A538": 1, "L-36FBB829": 3})
    assert [sentence.partition(";")[0] for sentence in wrong()] == [
        "Elastic IP addresses: the templates make 1 and the account may have 0: request an increase of ec2 L-0263D0A3",
        "virtual CPUs of On-Demand instances: the templates make 4 and the account may have 3: request an increase of "
        "ec2 L-1216C47A",
        "virtual CPUs of Fargate with every service at its largest: the templates make 2 and the account may have 1: "
        "request an increase of fargate L-3032A538",
        "virtual CPUs of Fargate Spot with every service at its largest: the templates make 4 and the account may "
        "have 3: request an increase of fargate L-36FBB829",
    ]


def test_a_quota_that_nobody_knows_is_told(prepared: Cloud) -> None:
    ((ok, sentence),) = quotas.compared(asked(prepared), "unicorns", "ec2", "L-00000000", 1)
    assert (ok, sentence) == (
        False,
        "unicorns: Service Quotas does not know ec2 L-00000000; the templates make 1",
    )


def test_a_check_that_is_refused_says_so(prepared: Cloud) -> None:
    def refusing(service: str) -> Any:
        if service == "ssm":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "GetParameter")
        return prepared.client(service, ACCOUNT)

    ((ok, sentence),) = said(asked(prepared, client=refusing), "bootstrap version")
    assert not ok
    assert (
        sentence
        == "could not ask: An error occurred (AccessDenied) when calling the GetParameter operation: not yours"
    )
