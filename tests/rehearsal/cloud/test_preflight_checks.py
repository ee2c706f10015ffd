"""Each check of `make preflight`, with real boto3 against the served cloud, is seen to say yes and to say no.

Names and quotas: `test_preflight_names.py`, `test_preflight_quotas.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.preflight.account import VERSION, zones
from pipeline.preflight.report import CHECKS, answers
from rehearsal.cloud import Cloud
from rehearsal.cloud.prerequisites import CONNECTION
from rehearsal.cloud.types.records import Record, keep

from .preflight_world import (
    ACCOUNT,
    EXECUTION,
    HOME,
    ROLES,
    answering,
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
        lambda client: make_role(client("iam"), ROLES[2], "999999999999", distrusted=HOME),
        f"{ROLES[2]} does not trust the pipeline's account {HOME}",
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


def test_a_zone_of_the_network_that_is_closed_is_told(prepared: Cloud) -> None:
    assert said(asked(prepared), "zones") == [(True, "dev: use1-az1, use1-az2, use1-az4 are available")]

    listed = prepared.client("ec2", ACCOUNT).describe_availability_zones()["AvailabilityZones"]
    answer = {"AvailabilityZones": [{**zone, "State": "impaired"} for zone in listed]}
    closed = answering(prepared, "ec2", describe_availability_zones=lambda **_: answer)
    ((ok, sentence),) = zones(asked(prepared, client=closed))
    assert not ok
    assert "use1-az1, use1-az2, use1-az4 not available" in sentence


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
