"""What `make preflight` says of the account's quotas against what the templates make."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.preflight import quotas
from rehearsal.assembly import Target
from rehearsal.cloud import Cloud, raise_quotas

from .preflight_world import HOME, answering, asked, prepared, said

__all__ = ["prepared"]


def test_the_templates_of_other_accounts_are_not_this_accounts(prepared: Cloud) -> None:
    (stack,) = asked(prepared).stacks
    elsewhere = dataclasses.replace(stack, target=Target(account=HOME, region="us-east-1"))
    for check in ("names are free", "resource quotas", "instance quota", "fargate quotas"):
        assert said(asked(prepared), check)
        assert not said(asked(prepared, stacks=[elsewhere]), check)


def test_a_quota_that_is_too_small_is_told(prepared: Cloud) -> None:
    def wrong() -> list[str]:
        told = [*said(asked(prepared), "resource quotas"), *said(asked(prepared), "instance quota")]
        return [sentence for ok, sentence in [*told, *said(asked(prepared), "fargate quotas")] if not ok]

    assert wrong() == []
    # What the templates make, and not one more.
    raise_quotas({"L-0263D0A3": 1, "L-1216C47A": 4, "L-3032A538": 2, "L-36FBB829": 4})
    assert wrong() == []
    raise_quotas({"L-0263D0A3": 0, "L-1216C47A": 3, "L-3032A538": 1, "L-36FBB829": 3})
    assert wrong() == [
        "Elastic IP addresses: 1 are needed and the account may have 0: request an increase of ec2 L-0263D0A3",
        "virtual CPUs of On-Demand instances: 4 are needed and the account may have 3: request an increase of "
        "ec2 L-1216C47A",
        "virtual CPUs of Fargate with every service at its largest: 2 are needed and the account may have 1: "
        "request an increase of fargate L-3032A538",
        "virtual CPUs of Fargate Spot with every service at its largest: 4 are needed and the account may "
        "have 3: request an increase of fargate L-36FBB829",
    ]


def test_a_quota_that_nobody_knows_is_told(prepared: Cloud) -> None:
    ((ok, sentence),) = quotas.compared(asked(prepared), "unicorns", "ec2", "L-00000000", 1)
    assert (ok, sentence) == (
        False,
        "unicorns: Service Quotas does not know ec2 L-00000000; 1 are needed",
    )


def test_a_quota_of_ones_own_goes_before_awss_default(prepared: Cloud) -> None:
    def answer(value: float) -> Callable[..., Any]:
        return lambda **_: {"Quota": {"Value": value}}

    def refuse(code: str) -> Callable[..., Any]:
        def method(**_: object) -> Any:
            raise ClientError({"Error": {"Code": code, "Message": "so it is"}}, "GetServiceQuota")

        return method

    def of(own: Callable[..., Any]) -> list[tuple[bool, str]]:
        methods = {"get_service_quota": own, "get_aws_default_service_quota": answer(5)}
        clients = answering(prepared, "service-quotas", **methods)
        return list(quotas.compared(asked(prepared, client=clients), "unicorns", "ec2", "L-1", 7))

    assert [ok for ok, _ in of(answer(7))] == [True]
    assert "may have 5: request an increase of ec2 L-1" in of(refuse("NoSuchResourceException"))[0][1]
    with pytest.raises(ClientError, match="AccessDenied"):
        of(refuse("AccessDenied"))
