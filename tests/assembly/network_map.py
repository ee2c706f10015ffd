"""The network of an environment as the invariants ask for it: subnets, their tier, their routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.assembly.synthesis import Synthesis, Template

SUBNET = "AWS::EC2::Subnet"


@dataclass(frozen=True)
class Subnet:
    """A subnet: its tier by its tag, its zone, its range and the routes of its table."""

    logical_id: str
    tier: str
    zone: str
    cidr: str
    route_tables: tuple[str, ...]
    routes: dict[str, dict[str, Any]] = field(repr=False)


def subnets(template: Template) -> list[Subnet]:
    """The subnets of a foundation stack, in its order."""
    tables: dict[str, list[str]] = {}
    for _, association in template.properties("AWS::EC2::SubnetRouteTableAssociation"):
        tables.setdefault(association["SubnetId"]["Ref"], []).append(association["RouteTableId"]["Ref"])
    found = []
    for logical_id, properties in template.properties(SUBNET):
        of_subnet = tuple(tables.get(logical_id, ()))
        routes = {
            id_: route
            for id_, route in template.properties("AWS::EC2::Route")
            if route["RouteTableId"]["Ref"] in of_subnet
        }
        tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
        zone = properties.get("AvailabilityZoneId", "none")
        tier = tags.get("aws-cdk:subnet-name", "none")
        found.append(Subnet(logical_id, tier, zone, properties["CidrBlock"], of_subnet, routes))
    return found


def tiers(synthesis: Synthesis) -> dict[tuple[str, str], str]:
    """The tier of each subnet, by its stack and its logical id."""
    return {
        (template.stack, subnet.logical_id): subnet.tier
        for template in synthesis.tier("foundation")
        for subnet in subnets(template)
    }
