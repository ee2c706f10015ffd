"""The VPC: three zones pinned by id, each with a public, an app and a data subnet."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.config import NetworkConfig
from portal_stage.foundation.nat import HealingNat
from portal_stage.names import Names

PUBLIC = "public"
APP = "app"
DATA = "data"


class Network(Construct):
    """Nothing enters from the Internet; the app subnets leave through NAT, the data subnets not at all."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, config: NetworkConfig) -> None:
        super().__init__(scope, id_)
        self.nat = HealingNat(names=names, instance_type=config.nat_instance_type)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=names("vpc"),
            ip_addresses=ec2.IpAddresses.cidr(config.cidr),
            availability_zones=list(config.zone_ids),
            nat_gateway_provider=self.nat,
            nat_gateways=config.nat_instances,
            restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name=PUBLIC,
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=24,
                    map_public_ip_on_launch=False,
                ),
                ec2.SubnetConfiguration(
                    name=APP, subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=22
                ),
                ec2.SubnetConfiguration(name=DATA, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
            },
        )
        for subnet in self.vpc.public_subnets:
            acknowledge(
                subnet,
                "PCI.DSS.321::PCI.DSS.321-VPCNoUnrestrictedRouteToIGW",
                reason="The public subnets hold the NAT instances and nothing else. No security group lets the "
                "Internet in, and what leaves is HTTPS.",
            )
        for tier, subnets in (
            (PUBLIC, self.vpc.public_subnets),
            (APP, self.vpc.private_subnets),
            (DATA, self.vpc.isolated_subnets),
        ):
            for number, subnet in enumerate(subnets, start=1):
                _pin_zone_by_id(subnet)
                cdk.Tags.of(subnet).add("Name", names(f"{tier}-{number}"))


def _pin_zone_by_id(subnet: ec2.ISubnet) -> None:
    """A zone's name means another place in each account; its id does not."""
    cfn_subnet = subnet.node.default_child
    assert isinstance(cfn_subnet, ec2.CfnSubnet)  # noqa: S101 - for the type checker
    cfn_subnet.availability_zone = None
    cfn_subnet.availability_zone_id = subnet.availability_zone
