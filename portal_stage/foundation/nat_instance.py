"""One NAT instance: its launch template, and the Auto Scaling group of one that keeps it alive."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.nat_user_data import Deployed

_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
# A boot takes two minutes, and one that fails up to seven; then its successor has its turn.
_SIGNAL_TIMEOUT = cdk.Duration.minutes(20)


def launch_template(
    subnet: ec2.PublicSubnet,
    name: str,
    *,
    interface: ec2.CfnNetworkInterface,
    instance_type: ec2.InstanceType,
    profile: iam.IInstanceProfile,
    group: autoscaling.CfnAutoScalingGroup,
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
    stack = cdk.Stack.of(subnet)
    deployed = Deployed(
        group=name, region=stack.region, stack=stack.stack_name, resource=stack.get_logical_id(group)
    )
    template = ec2.LaunchTemplate(
        subnet,
        "NatLaunchTemplate",
        launch_template_name=name,
        # Resolved at launch: a new image reaches a new instance, and no deployment replaces one for its sake.
        machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(_IMAGE),
        instance_type=instance_type,
        # An instance that is held to its baseline loses packets. The account's default may be another.
        cpu_credits=ec2.CpuCredits.UNLIMITED if instance_type.is_burstable() else None,
        # One that cannot become a NAT powers itself off, and its group starts another.
        instance_initiated_shutdown_behavior=ec2.InstanceInitiatedShutdownBehavior.TERMINATE,
        http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
        http_put_response_hop_limit=1,
        block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=volume)],
        instance_profile=profile,
        user_data=ec2.UserData.custom(deployed.user_data()),
    )
    cfn_template = template.node.default_child
    assert isinstance(cfn_template, ec2.CfnLaunchTemplate)  # noqa: S101 - for the type checker
    cfn_template.add_property_override(
        "LaunchTemplateData.NetworkInterfaces",
        [{"DeviceIndex": 0, "NetworkInterfaceId": interface.ref}],
    )
    return template


def group_of_one(subnet: ec2.PublicSubnet, name: str) -> autoscaling.CfnAutoScalingGroup:
    """The group, still without its launch template, which names the group."""
    # Zones and no subnets: the interface brings its own subnet, and EC2 refuses to be told two.
    cfn_subnet = subnet.node.default_child
    assert isinstance(cfn_subnet, ec2.CfnSubnet)  # noqa: S101 - for the type checker
    group = autoscaling.CfnAutoScalingGroup(
        subnet,
        "NatGroup",
        auto_scaling_group_name=name,
        min_size="1",
        max_size="1",
        availability_zones=[cfn_subnet.attr_availability_zone],
        # The old one ends first, also when it is unhealthy or refreshed: the interface is in use until it is gone.
        instance_maintenance_policy=autoscaling.CfnAutoScalingGroup.InstanceMaintenancePolicyProperty(
            min_healthy_percentage=0, max_healthy_percentage=100
        ),
    )
    # CloudFormation waits until the new instance says that a packet went through it:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    group.cfn_options.creation_policy = cdk.CfnCreationPolicy(
        resource_signal=cdk.CfnResourceSignal(count=1, timeout=_SIGNAL_TIMEOUT.to_iso_string())
    )
    group.cfn_options.update_policy = cdk.CfnUpdatePolicy(
        auto_scaling_rolling_update=cdk.CfnAutoScalingRollingUpdate(
            min_instances_in_service=0,
            max_batch_size=1,
            wait_on_resource_signals=True,
            pause_time=_SIGNAL_TIMEOUT.to_iso_string(),
        )
    )
    acknowledge(
        group,
        "AwsSolutions::AwsSolutions-AS3",
        reason="The alarm topic is encrypted, and its key lets no service-linked role in, which a fresh account "
        "does not have yet: Auto Scaling could not publish there. Alarms tell of an instance that fails, and of a "
        "group whose instances end.",
    )
    return group
