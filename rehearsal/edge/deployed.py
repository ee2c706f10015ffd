"""What is deployed, in every account: the emulator's own records of endpoints, and nothing else.

Imports the emulator, so it is imported only after a Cloud has set the environment that the emulator reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.services import acm, alb, apigateway_v1, cloudfront, s3

GLOBAL_REGION = "us-east-1"
_S3_HOST = re.compile(
    r"^(?P<bucket>[a-z0-9][a-z0-9.-]+)\.s3(?:[.-](?:dualstack\.)?[a-z]{2}-[a-z]+-\d)?\.amazonaws\.com$"
)
_EXECUTE_API_HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.[a-z]{2}-[a-z]+-\d\.amazonaws\.com$")


class Owned(NamedTuple):
    """A record of the emulator with the account and region that own it, and its key in the store."""

    account: str
    region: str
    key: str
    record: Any


def everywhere(store: Any) -> Iterator[Owned]:
    """The records of all accounts; those of a global service (no region in the key) count as us-east-1's."""
    for scope, record in list(store._data.items()):
        yield Owned(scope[0], scope[1] if len(scope) == 3 else GLOBAL_REGION, scope[-1], record)


def find(store: Any, key: str) -> Owned | None:
    """The record of that key, in whichever account; keys that AWS gives are nobody else's."""
    return next((owned for owned in everywhere(store) if owned.key == key), None)


def covers(names: frozenset[str], host: str) -> bool:
    """Whether a certificate for these names is valid for a host; a wildcard stands for one label."""
    return host.lower() in names or _wildcard(host.lower()) in names


def _wildcard(host: str) -> str:
    return f"*.{host.partition('.')[2]}"


def certificate_names(arn: str) -> frozenset[str]:
    """The names of an ACM certificate, lower-case; none if there is no such certificate."""
    owned = find(acm._certificates, arn)
    if owned is None or owned.record["Status"] != "ISSUED":
        return frozenset()
    names = [owned.record["DomainName"], *owned.record.get("SubjectAlternativeNames", [])]
    return frozenset(name.lower() for name in names)


def load_balancer(*, arn: str = "", host: str = "") -> Owned | None:
    """The load balancer of an ARN or of a DNS name (with or without Route 53's `dualstack.`)."""
    host = host.removeprefix("dualstack.")
    for owned in everywhere(alb._lbs):
        if owned.key == arn or (host and owned.record["DNSName"].lower() == host):
            return owned
    return None


def listener(load_balancer_arn: str, port: int) -> dict[str, Any] | None:
    """The listener of a load balancer on a port."""
    for owned in everywhere(alb._listeners):
        record: dict[str, Any] = owned.record
        if record["LoadBalancerArn"] == load_balancer_arn and record["Port"] == port:
            return record
    return None


def listener_certificate(record: dict[str, Any]) -> frozenset[str]:
    """The names that a listener's default certificate covers; none on a listener without TLS."""
    arns = record.get("Certificates") or [""]
    return certificate_names(arns[0])


def distribution(host: str) -> Owned | None:
    """The CloudFront distribution of a host: its own domain name, else an alias, exact before wildcard."""
    found = list(everywhere(cloudfront._distributions))
    for owned in found:
        if owned.record["DomainName"].lower() == host:
            return owned
    aliases = {
        alias.lower(): owned
        for owned in found
        for alias in cloudfront._get_distribution_aliases(owned.record)
    }
    return aliases.get(host) or aliases.get(_wildcard(host))


def viewer_certificate(record: dict[str, Any]) -> dict[str, str]:
    """A distribution's ViewerCertificate: element names and texts, such as ACMCertificateArn."""
    element = cloudfront._find(cloudfront._dist_config_el(record), "ViewerCertificate")
    if element is None:
        return {}
    return {cloudfront._local_tag_name(child): child.text or "" for child in element}


def custom_domain(host: str) -> Owned | None:
    """The API Gateway custom domain of a host, or of the regional name that its alias record points to."""
    for owned in everywhere(apigateway_v1._domain_names):
        if host in (owned.key.lower(), owned.record["regionalDomainName"].lower()):
            return owned
    return None


def rest_api(host: str) -> Owned | None:
    """The REST API behind an execute-api host."""
    match = _EXECUTE_API_HOST.match(host)
    return find(apigateway_v1._rest_apis, match["api"]) if match else None


def bucket(host: str) -> Owned | None:
    """The bucket behind a virtual-host name of S3."""
    match = _S3_HOST.match(host)
    return find(s3._buckets, match["bucket"]) if match else None
