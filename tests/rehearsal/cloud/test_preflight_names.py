"""What `make preflight` says of hosted zones, of their delegation, and of the names that the portal will take."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import dns.exception
import pytest

from portal_stage.config import HostedZone
from rehearsal.cloud import Cloud

from .preflight_world import ACCOUNT, ENVIRONMENT, ZONE, answering, asked, prepared, said

__all__ = ["prepared"]


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


def test_a_hosted_zone_that_is_private_is_told(prepared: Cloud) -> None:
    zone = {"Name": f"{ZONE.name}.", "Config": {"PrivateZone": True}}
    private = answering(prepared, "route53", get_hosted_zone=lambda **_: {"HostedZone": zone})
    ((ok, sentence),) = said(asked(prepared, client=private), "hosted zone")
    assert not ok
    assert "is private, so no customer would find it" in sentence


def test_a_zone_that_nobody_delegated_is_told(prepared: Cloud) -> None:
    for public in (set(), {"ns.registrar.example"}):
        ((ok, sentence),) = said(asked(prepared, name_servers=lambda _, found=public: found), "delegation")
        assert not ok
        assert "in the zone above it, add an NS record with" in sentence


def test_a_resolver_that_does_not_answer_is_told(prepared: Cloud) -> None:
    def silent(_: str) -> set[str]:
        raise dns.exception.Timeout(timeout=5)

    ((ok, sentence),) = said(asked(prepared, name_servers=silent), "delegation")
    assert not ok
    assert sentence.startswith("could not ask: ")


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

    # A portal that is deployed has its names itself; one that was deleted has them no more.
    for status, sentences in (("UPDATE_COMPLETE", 0), ("DELETE_COMPLETE", 2), ("REVIEW_IN_PROGRESS", 2)):
        pages = [{"StackSummaries": [{"StackName": "portal-preflight", "StackStatus": status}]}]
        paginator = SimpleNamespace(paginate=lambda pages=pages: pages)
        deployed = answering(prepared, "cloudformation", get_paginator=lambda _, given=paginator: given)
        assert len(said(asked(prepared, client=deployed), "names are free")) == sentences
    client.delete_domain_name(domainName="api.preflight.bank.example")
