"""Every security group and every rule between them: the table is the network's whole policy."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from portal_stage.names import Names

HTTPS = 443
POSTGRESQL = 5432
# com.amazonaws.global.cloudfront.origin-facing in us-east-1. It weighs about 55 of a group's 60 rules: only once.
CLOUDFRONT_ORIGIN_FACING = "pl-3b927c52"

_GROUPS = {
    "alb": "Internal load balancer",
    "frontend": "Tasks of the frontend",
    "backend": "Tasks of the backend",
    "database": "Aurora",
    "vpc-link": "VPC link of the API",
    "probe": "Probe of the load balancer",
}


@dataclass(frozen=True)
class Rule:
    """One direction of traffic, opened at both ends."""

    source: str
    target: str
    port: int
    reason: str


class SecurityGroups(Construct):
    """The groups, closed but for the table: no ingress from everywhere, no egress to everything.

    The NAT instances' group is made with their interfaces, before this table; its rules are here.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        vpc: ec2.IVpc,
        nat: ec2.SecurityGroup,
        frontend_port: int,
        backend_port: int,
        interface_endpoints: bool,
    ) -> None:
        super().__init__(scope, id_)
        groups = _GROUPS | ({"endpoints": "Interface endpoints of AWS"} if interface_endpoints else {})
        self._groups = {
            kind: security_group(self, kind, names=names, vpc=vpc, description=description)
            for kind, description in groups.items()
        }
        self._groups["nat"] = nat
        for rule in (
            Rule("vpc-link", "alb", HTTPS, "API Gateway to the load balancer"),
            Rule("probe", "alb", HTTPS, "Probe to the load balancer"),
            Rule("alb", "frontend", frontend_port, "Load balancer to the frontend"),
            Rule("alb", "backend", backend_port, "Load balancer to the backend"),
            Rule("backend", "database", POSTGRESQL, "Backend to Aurora"),
        ):
            self._allow(rule)
        self["alb"].add_ingress_rule(
            ec2.Peer.prefix_list(CLOUDFRONT_ORIGIN_FACING),
            ec2.Port.tcp(HTTPS),
            "CloudFront to the load balancer",
        )
        for kind in ("frontend", "backend"):
            # The address is out there while the packet passes the NAT instance: egress names the one, the
            # ingress of the instance names the sender.
            self[kind].add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "AWS APIs and image layers")
            self._let_in(Rule(kind, "nat", HTTPS, f"HTTPS of the {kind}"))
            if interface_endpoints:
                self._let_in(Rule(kind, "endpoints", HTTPS, f"AWS APIs for the {kind}"))
        nat.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "HTTPS to the Internet")

    def __getitem__(self, kind: str) -> ec2.SecurityGroup:
        return self._groups[kind]

    def fixed(self, scope: Construct, kind: str) -> ec2.ISecurityGroup:
        """The group for use in another stack, where nothing can add a rule to it behind the table's back."""
        return ec2.SecurityGroup.from_security_group_id(
            scope, f"{kind}-sg", self[kind].security_group_id, mutable=False
        )

    def _allow(self, rule: Rule) -> None:
        self._let_in(rule)
        ec2.CfnSecurityGroupEgress(
            self,
            f"{rule.source}-to-{rule.target}",
            group_id=self[rule.source].security_group_id,
            destination_security_group_id=self[rule.target].security_group_id,
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            description=rule.reason,
        )

    def _let_in(self, rule: Rule) -> None:
        # Not `add_ingress_rule`, whose id would hold the whole path and so differ between environments.
        ec2.CfnSecurityGroupIngress(
            self,
            f"{rule.target}-from-{rule.source}",
            group_id=self[rule.target].security_group_id,
            source_security_group_id=self[rule.source].security_group_id,
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            description=rule.reason,
        )


def security_group(
    scope: Construct, kind: str, *, names: Names, vpc: ec2.IVpc, description: str
) -> ec2.SecurityGroup:
    """A group that lets nothing in and nothing out."""
    return ec2.SecurityGroup(
        scope,
        f"{kind}-sg",
        vpc=vpc,
        security_group_name=names(f"{kind}-sg"),
        description=description,
        allow_all_outbound=False,
    )
