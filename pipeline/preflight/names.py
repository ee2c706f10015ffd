"""The hosted zone of each environment, its delegation, and the names that the portal will take in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from pipeline.preflight.asking import Asked, Said
from portal_stage.config import Environment


def hosted_zone(asked: Asked) -> Iterator[Said]:
    """The zone is in this account, public, and of the name that the configuration gives."""
    for environment in asked.environments:
        zone = environment.zone
        found = _zone(asked, environment)
        if found is None:
            yield (
                False,
                (
                    f"{environment.suffix}: there is no hosted zone {zone.id}: create {zone.name} here and write its "
                    "id into pipeline/environments.py"
                ),
            )
        elif found["HostedZone"]["Name"].rstrip(".") != zone.name:
            name = found["HostedZone"]["Name"].rstrip(".")
            yield False, f"{environment.suffix}: hosted zone {zone.id} is {name}, not {zone.name}"
        elif found["HostedZone"]["Config"]["PrivateZone"]:
            yield (
                False,
                f"{environment.suffix}: hosted zone {zone.id} is private, so no customer would find it",
            )
        else:
            yield True, f"{environment.suffix}: hosted zone {zone.id} is {zone.name}"


def delegation(asked: Asked) -> Iterator[Said]:
    """Public DNS sends whoever asks for the zone to its own name servers; without it no certificate is issued."""
    for environment in asked.environments:
        found = _zone(asked, environment)
        if found is None:
            continue
        name = environment.zone.name
        own = {server.rstrip(".").lower() for server in found.get("DelegationSet", {}).get("NameServers", [])}
        public = asked.name_servers(name)
        if own & public:
            yield (
                True,
                f"{environment.suffix}: public DNS knows {name} by {len(own & public)} of its name servers",
            )
        else:
            known = f"has {', '.join(sorted(public))}" if public else "has none"
            yield (
                False,
                (
                    f"{environment.suffix}: public DNS {known} for {name}: in the zone above it, add an NS record with "
                    f"{', '.join(sorted(own))}"
                ),
            )


def names_are_free(asked: Asked) -> Iterator[Said]:
    """No other distribution and no other API of the account has the names that the portal will take.

    Another account's cannot be seen from here.
    """
    for template in asked.templates:
        if template.stack in asked.deployed:
            continue
        taken = _aliases(asked)
        for _, distribution in template.properties("AWS::CloudFront::Distribution"):
            for alias in distribution["DistributionConfig"].get("Aliases", []):
                holder = taken.get(alias)
                yield (
                    holder is None,
                    f"{template.stack}: {alias} is an alias of distribution {holder}"
                    if holder
                    else (f"{template.stack}: no distribution of this account has the alias {alias}"),
                )
        for _, domain in template.properties("AWS::ApiGateway::DomainName"):
            name = domain["DomainName"]
            held = _is_domain(asked, name)
            yield (
                not held,
                f"{template.stack}: API Gateway has the custom domain {name} already"
                if held
                else (f"{template.stack}: API Gateway has no custom domain {name} yet"),
            )


def _zone(asked: Asked, environment: Environment) -> Any:
    try:
        return asked.client("route53").get_hosted_zone(Id=environment.zone.id)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchHostedZone", "InvalidInput"):
            raise
        return None


def _aliases(asked: Asked) -> dict[str, str]:
    pages = asked.client("cloudfront").get_paginator("list_distributions").paginate()
    return {
        alias: distribution["Id"]
        for page in pages
        for distribution in page["DistributionList"].get("Items", [])
        for alias in distribution.get("Aliases", {}).get("Items", [])
    }


def _is_domain(asked: Asked, name: str) -> bool:
    client = asked.client("apigateway")
    try:
        client.get_domain_name(domainName=name)
    except client.exceptions.NotFoundException:
        return False
    return True
