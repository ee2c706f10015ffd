"""The ACL of each tier: what it admits, and that answers find their way back."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest

from tests.unit.templates import Stage, Template

TIERS = ("public", "app", "data")
Entry = dict[str, Any]


def test_each_tier_has_an_acl_of_its_own_on_its_three_subnets(stage: Stage) -> None:
    associations = stage.foundation.properties("AWS::EC2::SubnetNetworkAclAssociation")
    joined = sorted((_tier(a["NetworkAclId"]), _subnet_tier(a["SubnetId"])) for a in associations)
    assert joined == sorted((tier, tier) for tier in TIERS for _ in range(3))


def test_the_data_tier_hears_postgresql_from_the_app_tier_and_nothing_else(stage: Stage) -> None:
    app = _networks(stage.foundation, "app")
    heard = {
        (entry["CidrBlock"], _ports(entry)) for entry in _entries(stage.foundation, "data", egress=False)
    }
    assert heard == {(network, (5432, 5432)) for network in app}
    said = {(entry["CidrBlock"], _ports(entry)) for entry in _entries(stage.foundation, "data", egress=True)}
    assert said == {(network, (32768, 65535)) for network in app}


def test_only_the_app_tier_is_served_by_the_public_one(stage: Stage) -> None:
    app = _networks(stage.foundation, "app")
    requests = [e for e in _entries(stage.foundation, "public", egress=False) if _ports(e)[0] < 32768]
    assert {(entry["CidrBlock"], _ports(entry)) for entry in requests} == {(net, (443, 443)) for net in app}


@pytest.mark.parametrize("port", [22, 80, 3306, 3389, 5432])
def test_nobody_outside_is_admitted_to_a_port_of_administration(port: int, stage: Stage) -> None:
    for tier in TIERS:
        for entry in _entries(stage.foundation, tier, egress=False):
            low, high = _ports(entry)
            assert entry["CidrBlock"] != "0.0.0.0/0" or not low <= port <= high


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [
        ("app", "app", 443),
        ("app", "app", 8080),
        ("app", "app", 3000),
        ("app", "data", 5432),
        ("app", "public", 443),
    ],
)
def test_a_connection_passes_both_acls_and_so_do_its_answers(
    source: str, target: str, port: int, stage: Stage
) -> None:
    own = 40_000
    for here in _networks(stage.foundation, source):
        for there in _networks(stage.foundation, target):
            # The NAT instance passes on what is addressed to somebody outside.
            server = "203.0.113.0/24" if target == "public" else there
            assert _admits(stage.foundation, source, egress=True, network=server, port=port)
            assert _admits(stage.foundation, target, egress=False, network=here, port=port)
            assert _admits(stage.foundation, target, egress=True, network=here, port=own)
            assert _admits(stage.foundation, source, egress=False, network=server, port=own)


def test_the_nat_reaches_the_internet_and_hears_its_answers(stage: Stage) -> None:
    assert _admits(stage.foundation, "public", egress=True, network="203.0.113.0/24", port=443)
    assert _admits(stage.foundation, "public", egress=False, network="203.0.113.0/24", port=32768)
    assert not _admits(stage.foundation, "public", egress=True, network="203.0.113.0/24", port=25)


def test_who_sends_through_the_nat_learns_that_a_packet_was_too_large(stage: Stage) -> None:
    entries = [entry for entry in stage.foundation.properties("AWS::EC2::NetworkAclEntry") if "Icmp" in entry]
    assert {(entry["Protocol"], *entry["Icmp"].values()) for entry in entries} == {(1, 4, 3)}
    app = _networks(stage.foundation, "app")
    assert {(_tier(e["NetworkAclId"]), e["Egress"], e["CidrBlock"]) for e in entries} == {
        *((tier, False, "0.0.0.0/0") for tier in ("public", "app")),
        *((tier, True, network) for tier in ("public", "app") for network in app),
    }


def test_rules_have_places_between_them_for_others(stage: Stage) -> None:
    for tier in TIERS:
        for egress in (False, True):
            numbers = [entry["RuleNumber"] for entry in _entries(stage.foundation, tier, egress=egress)]
            assert len(set(numbers)) == len(numbers)
            assert len(numbers) <= 20  # the default quota of rules in one direction
            assert all(number % 10 < 3 and 100 <= number < 200 for number in numbers)


def _tier(reference: dict[str, Any]) -> str:
    (tier,) = (tier for tier in TIERS if f"NetworkAcls{tier}" in str(reference))
    return tier


def _subnet_tier(reference: dict[str, Any]) -> str:
    (tier,) = (tier for tier in TIERS if f"Vpc{tier}Subnet" in str(reference))
    return tier


def _networks(foundation: Template, tier: str) -> list[str]:
    subnets = foundation.resources("AWS::EC2::Subnet").items()
    return [str(subnet["Properties"]["CidrBlock"]) for id_, subnet in subnets if f"Vpc{tier}Subnet" in id_]


def _entries(foundation: Template, tier: str, *, egress: bool) -> Iterator[Entry]:
    """Those of TCP, which are all but the one below."""
    for entry in foundation.properties("AWS::EC2::NetworkAclEntry"):
        assert entry["RuleAction"] == "allow"
        if _tier(entry["NetworkAclId"]) == tier and entry["Egress"] is egress and "Icmp" not in entry:
            assert entry["Protocol"] == 6
            yield entry


def _ports(entry: Entry) -> tuple[int, int]:
    return entry["PortRange"]["From"], entry["PortRange"]["To"]


def _admits(foundation: Template, tier: str, *, egress: bool, network: str, port: int) -> bool:
    return any(
        IPv4Network(network).subnet_of(IPv4Network(entry["CidrBlock"]))
        and _ports(entry)[0] <= port <= _ports(entry)[1]
        for entry in _entries(foundation, tier, egress=egress)
    )
