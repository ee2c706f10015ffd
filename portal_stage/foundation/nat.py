"""Egress through instances that heal: a fixed interface per zone, and a group of one that boots on it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.nat_instance import group_of_one, launch_template
from portal_stage.foundation.nat_user_data import NAMESPACE
from portal_stage.foundation.security_groups import security_group
from portal_stage.names import Names


class HealingNat(ec2.NatProvider):
    """NAT instances whose routes never change.

    The route's target is a network interface with an Elastic IP. The launch template names that interface as
    device 0, so whichever instance the Auto Scaling group starts in the zone is the NAT from its first second,
    without a script that attaches anything and without permission to do so. Its one permission is to tell a metric.
    """

    security_group: ec2.SecurityGroup
    _profile: iam.InstanceProfile

    def __init__(self, *, names: Names, instance_type: str) -> None:
        super().__init__()
        self._names = names
        self._instance_type = ec2.InstanceType(instance_type)
        self.groups: list[autoscaling.CfnAutoScalingGroup] = []
        self.group_names: list[str] = []
        self._interfaces: dict[str, ec2.CfnNetworkInterface] = {}

    def configure_nat(
        self,
        *,
        nat_subnets: Sequence[ec2.PublicSubnet],
        private_subnets: Sequence[ec2.PrivateSubnet],
        vpc: ec2.Vpc,
    ) -> None:
        """Called by the VPC, once its subnets exist."""
        self.security_group = security_group(
            vpc, "nat", names=self._names, vpc=vpc, description="NAT instances"
        )
        self._profile = self._may_tell_its_metric(vpc)
        for number, subnet in enumerate(nat_subnets, start=1):
            name = self._names(f"nat-{number}")
            self.groups.append(self._instance(subnet, name))
            self.group_names.append(name)
        for private in private_subnets:
            self.configure_subnet(private)

    def configure_subnet(self, subnet: ec2.PrivateSubnet) -> None:
        """Routes the subnet to its own zone's instance, or to the first where its zone has none."""
        interface = self._interfaces.get(subnet.availability_zone) or next(iter(self._interfaces.values()))
        subnet.add_route(
            "DefaultRoute",
            router_type=ec2.RouterType.NETWORK_INTERFACE,
            router_id=interface.ref,
            enables_internet_connectivity=True,
        )

    @property
    def configured_gateways(self) -> list[ec2.GatewayConfig]:
        """Zone and route target of each instance."""
        return [ec2.GatewayConfig(az=zone, gateway_id=eni.ref) for zone, eni in self._interfaces.items()]

    def _may_tell_its_metric(self, vpc: ec2.Vpc) -> iam.InstanceProfile:
        role = iam.Role(
            vpc,
            "NatRole",
            role_name=self._names("nat-role"),
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                # The action knows no resources; the namespace takes their place.
                resources=["*"],
                conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
            )
        )
        acknowledge(
            role,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="cloudwatch:PutMetricData has no resource; the condition names the one namespace.",
        )
        return iam.InstanceProfile(
            vpc, "NatProfile", instance_profile_name=self._names("nat-role"), role=role
        )

    def _instance(self, subnet: ec2.PublicSubnet, name: str) -> autoscaling.CfnAutoScalingGroup:
        interface = ec2.CfnNetworkInterface(
            subnet,
            "NatInterface",
            subnet_id=subnet.subnet_id,
            group_set=[self.security_group.security_group_id],
            source_dest_check=False,
            description=name,
        )
        self._interfaces[subnet.availability_zone] = interface
        address = ec2.CfnEIP(subnet, "NatAddress", domain="vpc")
        association = ec2.CfnEIPAssociation(
            subnet,
            "NatAddressAssociation",
            allocation_id=address.attr_allocation_id,
            network_interface_id=interface.ref,
        )
        # EC2 binds no address in a network without a gateway, and detaches no gateway from one with addresses.
        association.node.add_dependency(subnet.internet_connectivity_established)
        group = group_of_one(subnet, name)
        template = launch_template(
            subnet,
            name,
            interface=interface,
            instance_type=self._instance_type,
            profile=self._profile,
            group=group,
        )
        group.launch_template = autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty(
            launch_template_id=template.launch_template_id, version=template.latest_version_number
        )
        group.add_resource_dependency(association)
        # One zone after the other: the next begins when an instance of the last has let a packet through.
        if self.groups:
            group.add_resource_dependency(self.groups[-1])
        for named in (interface, address, template, group):
            cdk.Tags.of(named).add("Name", name)
        return group
