"""Resolves a name and port the way clients of the deployed zones and endpoints would, and no other way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ministack.services import route53

from . import databases, deployed
from .api_hosts import is_api

_FAILOVER_ORDER = {"PRIMARY": 0, "SECONDARY": 1}
_LONGEST_CHAIN = 8


@dataclass(frozen=True)
class Address:
    """An endpoint that listens by itself: host or IP address, and port."""

    host: str
    port: int


@dataclass(frozen=True)
class Door:
    """An endpoint for which the rehearsal listens.

    subject: the listener's ARN for a load balancer, else empty.  policy: the name of the TLS security policy
    that the deployed listener, distribution or domain asks for; empty without TLS.
    """

    plane: Literal["alb", "cloudfront", "apigateway", "s3", "api"]
    tls: bool
    policy: str = ""
    subject: str = ""


class Unreachable(LookupError):  # noqa: N818 - as DNS and TCP put it; the name of a state, not of a fault of ours
    """A name that a deployed zone or endpoint owns cannot be reached.

    reason: NXDOMAIN (no such record) or ECONNREFUSED (nothing listens on that port).
    """

    def __init__(self, reason: Literal["NXDOMAIN", "ECONNREFUSED"], explanation: str) -> None:
        super().__init__(f"{reason}: {explanation}")
        self.reason = reason


def resolve(name: str, port: int) -> Address | Door | None:
    """Where a connection to `name` and `port` ends; None if no deployed zone or endpoint owns the name.

    Raises Unreachable for a name that is owned, but not to be reached.
    """
    return _resolve(name.lower().rstrip("."), port, _LONGEST_CHAIN)


def _resolve(name: str, port: int, chain: int) -> Address | Door | None:
    endpoint = _endpoint(name, port)
    if endpoint is not None:
        return endpoint
    zones = _zones_of(name)
    if not zones:
        return _web_door("api", name, port, "TLSv1.2") if is_api(name) else None
    for record in _records_of(name, zones):
        for value in _values(record):
            if record["Type"] == "A" and "AliasTarget" not in record:
                return Address(value, port)
            found = _resolve(value, port, chain - 1) if chain else None
            if found is not None:
                return found
            if record["Type"] == "CNAME" and chain:
                return Address(value, port)
    listed = " and ".join(f"{zone.record['name'].rstrip('.')} ({zone.key})" for zone in zones)
    raise Unreachable("NXDOMAIN", f"no record of zone {listed} leads from {name} to a deployed endpoint")


def _endpoint(name: str, port: int) -> Address | Door | None:
    """The deployed AWS endpoint of that very name."""
    if (balancer := deployed.load_balancer(host=name)) is not None:
        return _listener_door(balancer, port)
    if (database := databases.server(name)) is not None:
        if database.port != port:
            raise Unreachable("ECONNREFUSED", f"{name} listens on port {database.port}, not on {port}")
        return Address(*database)
    if name.endswith(".cloudfront.net") and (distribution := deployed.distribution(name)) is not None:
        policy = deployed.viewer_certificate(distribution.record).get("MinimumProtocolVersion", "TLSv1")
        return _web_door("cloudfront", name, port, policy, plain=True)
    if (domain := deployed.custom_domain(name)) is not None and name != domain.key.lower():
        return _web_door("apigateway", name, port, domain.record["securityPolicy"])
    if deployed.rest_api(name) is not None:
        return _web_door("apigateway", name, port, "TLS_1_2")
    if deployed.bucket(name) is not None:
        return _web_door("s3", name, port, "TLSv1.2", plain=True)
    return None


def _listener_door(balancer: deployed.Owned, port: int) -> Door:
    listener = deployed.listener(balancer.key, port)
    if listener is None:
        name = balancer.record["LoadBalancerName"]
        raise Unreachable("ECONNREFUSED", f"load balancer {name} has no listener on port {port}")
    tls = listener["Protocol"] == "HTTPS"
    return Door("alb", tls, listener["SslPolicy"] if tls else "", listener["ListenerArn"])


def _web_door(
    plane: Literal["cloudfront", "apigateway", "s3", "api"],
    name: str,
    port: int,
    policy: str,
    *,
    plain: bool = False,
) -> Door:
    """The door of a public endpoint: TLS on 443 and, where it speaks plain HTTP too, port 80."""
    if port == 443:
        return Door(plane, tls=True, policy=policy)
    if plain and port == 80:
        return Door(plane, tls=False)
    raise Unreachable("ECONNREFUSED", f"{name} does not listen on port {port}")


def _zones_of(name: str) -> list[deployed.Owned]:
    """The hosted zones that answer for a name: those with the longest name, as delegation has it."""
    inside = [
        zone
        for zone in deployed.everywhere(route53._zones)
        if f".{name}.".endswith(f".{zone.record['name'].lower()}")
    ]
    longest = max((len(zone.record["name"]) for zone in inside), default=0)
    return [zone for zone in inside if len(zone.record["name"]) == longest]


def _records_of(name: str, zones: list[deployed.Owned]) -> list[dict[str, Any]]:
    """The address records that answer for a name, its own or a wildcard's; primaries before secondaries."""
    records = [
        record for zone in zones for record in route53._records._data.get((zone.account, zone.key), [])
    ]
    answering = _answering(name, {_record_name(record) for record in records})
    found = [
        record
        for record in records
        if _record_name(record) == answering
        and record["Type"] in ("A", "CNAME")
        and str(record.get("Weight", 1)) != "0"
    ]
    return sorted(found, key=lambda record: _FAILOVER_ORDER.get(record.get("Failover", ""), 0))


def _answering(name: str, recorded: set[str]) -> str:
    """The name itself if there is one, of whatever type, else the wildcard beside the next one above it (RFC 4592).

    A name is there too when only others below it have records.
    """
    there = {above for each in recorded for above in _upwards(each)}
    if name in there:
        return name
    return f"*.{next((above for above in _upwards(name) if above in there), '')}"


def _upwards(name: str) -> list[str]:
    """A name and those above it: a.b.example, b.example, example."""
    labels = name.split(".")
    return [".".join(labels[position:]) for position in range(len(labels))]


def _record_name(record: dict[str, Any]) -> str:
    return str(record["Name"]).lower().rstrip(".").replace("\\052", "*")


def _values(record: dict[str, Any]) -> list[str]:
    if "AliasTarget" in record:
        return [record["AliasTarget"]["DNSName"].lower().rstrip(".")]
    return [str(value).lower().rstrip(".") for value in record.get("ResourceRecords", [])]
