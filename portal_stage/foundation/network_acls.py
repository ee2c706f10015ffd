"""A network ACL for each tier: the second fence, by address and port, behind the security groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.security_groups import HTTPS, POSTGRESQL
from portal_stage.names import Names

ANYWHERE = ("0.0.0.0/0",)
# What Linux takes for its own end of a connection, and so what the NAT instances are told to take (nat_boot.sh).
EPHEMERAL = ec2.AclTraffic.tcp_port_range(32768, 65535)
# Load balancers, VPC links and CloudFront take theirs from the whole of it.
ANY_CLIENT = ec2.AclTraffic.tcp_port_range(1024, 65535)
# "Your packet is too large for the way that it took": type 3, code 4. Lost, and large answers never arrive.
TOO_LARGE = ec2.AclTraffic.icmp(type=3, code=4)
_STEP = 10


@dataclass(frozen=True)
class Row:
    """One direction of one traffic that a tier's ACL admits, with these networks."""

    direction: ec2.TrafficDirection
    traffic: ec2.AclTraffic
    networks: Sequence[str]


def _in(traffic: ec2.AclTraffic, networks: Sequence[str]) -> Row:
    return Row(ec2.TrafficDirection.INGRESS, traffic, networks)


def _out(traffic: ec2.AclTraffic, networks: Sequence[str]) -> Row:
    return Row(ec2.TrafficDirection.EGRESS, traffic, networks)


class NetworkAcls(Construct):
    """Everything that no row admits is dropped, from one tier to another and from outside.

    An ACL keeps no state, so each row has its answers in another one. Port 80 is open nowhere: nobody uses it.
    """

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, vpc: ec2.IVpc, service_ports: Sequence[int]
    ) -> None:
        super().__init__(scope, id_)
        acknowledge(
            self,
            "AwsSolutions::AwsSolutions-VPC3",
            reason="The brief asks for network ACLs. They are numbered rows in one file, a second fence behind the "
            "security groups.",
        )
        tcp = ec2.AclTraffic.tcp_port
        app = [subnet.ipv4_cidr_block for subnet in vpc.private_subnets]
        data = [subnet.ipv4_cidr_block for subnet in vpc.isolated_subnets]
        self._acl(
            "public",
            names("public-nacl"),
            vpc,
            vpc.public_subnets,
            [
                _in(tcp(HTTPS), app),
                _in(EPHEMERAL, ANYWHERE),
                _in(TOO_LARGE, ANYWHERE),
                _out(tcp(HTTPS), ANYWHERE),
                _out(EPHEMERAL, app),
                _out(TOO_LARGE, app),
            ],
        )
        self._acl(
            "app",
            names("app-nacl"),
            vpc,
            vpc.private_subnets,
            [
                # The rows of services and of PostgreSQL say what is meant; the wide ones for answers admit it too, and
                # it is the security groups that part them. HTTPS comes from the tier itself and from CloudFront,
                # whose addresses an ACL cannot name.
                _in(tcp(HTTPS), ANYWHERE),
                *(_in(tcp(port), app) for port in service_ports),
                _in(ANY_CLIENT, app),
                _in(EPHEMERAL, ANYWHERE),
                _in(TOO_LARGE, ANYWHERE),
                _out(tcp(HTTPS), ANYWHERE),
                *(_out(tcp(port), app) for port in service_ports),
                _out(tcp(POSTGRESQL), data),
                _out(ANY_CLIENT, ANYWHERE),
                _out(TOO_LARGE, app),
            ],
        )
        self._acl(
            "data",
            names("data-nacl"),
            vpc,
            vpc.isolated_subnets,
            [_in(tcp(POSTGRESQL), app), _out(EPHEMERAL, app)],
        )

    def _acl(self, tier: str, name: str, vpc: ec2.IVpc, subnets: list[ec2.ISubnet], rows: list[Row]) -> None:
        acl = ec2.NetworkAcl(self, tier, vpc=vpc)
        for number, subnet in enumerate(subnets, start=1):
            # Not the L2's own, whose id would hold the whole path and so differ between environments.
            ec2.CfnSubnetNetworkAclAssociation(
                self, f"{tier}-{number}", network_acl_id=acl.network_acl_id, subnet_id=subnet.subnet_id
            )
        cdk.Tags.of(acl).add("Name", name)
        for direction, word in (
            (ec2.TrafficDirection.INGRESS, "in"),
            (ec2.TrafficDirection.EGRESS, "out"),
        ):
            for number, traffic, network in _numbered(row for row in rows if row.direction == direction):
                acl.add_entry(
                    f"{word}-{number}",
                    rule_number=number,
                    direction=direction,
                    cidr=ec2.AclCidr.ipv4(network),
                    traffic=traffic,
                    rule_action=ec2.Action.ALLOW,
                )


def _numbered(rows: Iterator[Row]) -> Iterator[tuple[int, ec2.AclTraffic, str]]:
    """Rows at 100, 110, 120 ...; the networks of one row in the places between."""
    for place, row in enumerate(rows):
        for offset, network in enumerate(row.networks):
            yield 100 + place * _STEP + offset, row.traffic, network
