"""Egress through instances that heal: a fixed interface per zone, and a group of one that boots on it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.nat_user_data import NAMESPACE, user_data
from portal_stage.foundation.security_groups import security_group
from portal_stage.names import Names

_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


class HealingNat(ec2.NatProvider):
    """NAT instances whose routes never change.

    The route's target is a network interface with an Elastic IP. The launch template names that interface as
    device 0, so whichever instance the Auto Scaling group starts in the zone is the NAT from its first second,
    without a script that attaches anything and without permission to do so. Its one permission is to tell a metric.
    """

    security_group: ec2.SecurityGroup
    _profile: iam.InstanceProfile

    def __init__(self, *, names: Names, instance_type: str, max_lifetime_days: int | None) -> None:
        super().__init__()
        self._names = names
        self._instance_type = ec2.InstanceType(instance_type)
        self._max_lifetime_days = max_lifetime_days
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
            self._interfaces[subnet.availability_zone] = self._instance(subnet, name)
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

    def _instance(self, subnet: ec2.PublicSubnet, name: str) -> ec2.CfnNetworkInterface:
        interface = ec2.CfnNetworkInterface(
            subnet,
            "NatInterface",
            subnet_id=subnet.subnet_id,
            group_set=[self.security_group.security_group_id],
            source_dest_check=False,
            description=name,
        )
        address = ec2.CfnEIP(subnet, "NatAddress", domain="vpc")
        association = ec2.CfnEIPAssociation(
            subnet,
            "NatAddressAssociation",
            allocation_id=address.attr_allocation_id,
            network_interface_id=interface.ref,
        )
        # EC2 binds no address in a network without a gateway, and detaches no gateway from one with addresses.
        association.node.add_dependency(subnet.internet_connectivity_established)
        template = self._launch_template(subnet, name, interface)
        group = self._group_of_one(subnet, name, template)
        group.add_resource_dependency(association)
        for named in (interface, address, template, group):
            cdk.Tags.of(named).add("Name", name)
        return interface

    def _launch_template(
        self, subnet: ec2.PublicSubnet, name: str, interface: ec2.CfnNetworkInterface
    ) -> ec2.LaunchTemplate:
        """The L2, because it tags the volume, which gets none of the instance's tags."""
        volume = ec2.BlockDeviceVolume.ebs(
            8,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            # No key of ours: Auto Scaling's role would have to be in its policy, and a fresh account has no such role
            # yet. This is the account's AWS-managed one.
            encrypted=True,
            delete_on_termination=True,
        )
        template = ec2.LaunchTemplate(
            subnet,
            "NatLaunchTemplate",
            launch_template_name=name,
            # Resolved at launch: a new image reaches a new instance, and no deployment replaces one for its sake.
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(_IMAGE),
            instance_type=self._instance_type,
            # An instance that is held to its baseline loses packets. The account's default may be another.
            cpu_credits=ec2.CpuCredits.UNLIMITED if self._instance_type.is_burstable() else None,
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
            block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=volume)],
            instance_profile=self._profile,
            user_data=ec2.UserData.custom(user_data(group=name, region=cdk.Stack.of(subnet).region)),
        )
        cfn_template = template.node.default_child
        assert isinstance(cfn_template, ec2.CfnLaunchTemplate)  # noqa: S101 - for the type checker
        cfn_template.add_property_override(
            "LaunchTemplateData.NetworkInterfaces",
            [{"DeviceIndex": 0, "NetworkInterfaceId": interface.ref}],
        )
        return template

    def _group_of_one(
        self, subnet: ec2.PublicSubnet, name: str, template: ec2.LaunchTemplate
    ) -> autoscaling.CfnAutoScalingGroup:
        # Zones and no subnets: the interface brings its own subnet, and EC2 refuses to be told two.
        cfn_subnet = subnet.node.default_child
        assert isinstance(cfn_subnet, ec2.CfnSubnet)  # noqa: S101 - for the type checker
        resource, days = autoscaling.CfnAutoScalingGroup, self._max_lifetime_days
        group = resource(
            subnet,
            "NatGroup",
            auto_scaling_group_name=name,
            min_size="1",
            max_size="1",
            availability_zones=[cfn_subnet.attr_availability_zone],
            launch_template=resource.LaunchTemplateSpecificationProperty(
                launch_template_id=template.launch_template_id, version=template.latest_version_number
            ),
            # An instance that is old enough is replaced by one of the newest image.
            max_instance_lifetime=days and int(cdk.Duration.days(days).to_seconds()),
            # The old one ends first, also when it is unhealthy or old: see below.
            instance_maintenance_policy=resource.InstanceMaintenancePolicyProperty(
                min_healthy_percentage=0, max_healthy_percentage=100
            ),
        )
        # The interface is in use until the old instance is gone, so none may stay while it is replaced.
        group.cfn_options.update_policy = cdk.CfnUpdatePolicy(
            auto_scaling_rolling_update=cdk.CfnAutoScalingRollingUpdate(
                min_instances_in_service=0, max_batch_size=1
            )
        )
        acknowledge(
            group,
            "AwsSolutions::AwsSolutions-AS3",
            reason="The alarm topic is encrypted, and its key lets no service-linked role in, which a fresh account "
            "does not have yet: Auto Scaling could not publish there. Alarms on the status checks tell of an instance "
            "that fails.",
        )
        return group
