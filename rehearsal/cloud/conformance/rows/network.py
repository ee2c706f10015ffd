"""EC2."""

from ...types.ec2 import allocation
from ...types.row import Call, Occasion, constant
from ..readback import ReadBack, Source


def _ids(occasion: Occasion) -> list[str]:
    return [occasion.id]


def _attribute(name: str) -> Source:
    """A VPC's attribute, which is asked for by itself."""
    answer = name[0].upper() + name[1:]
    return Source(
        call=Call("describe_vpc_attribute", VpcId=lambda occasion: occasion.id, Attribute=constant(name)),
        path=f"{answer}.Value",
    )


def _described(method: str, parameter: str, path: str) -> Source:
    return Source(call=Call(method, **{parameter: _ids, "Tags": constant(None)}), path=f"{path}[0]")


_GROUP = _described("describe_security_groups", "GroupIds", "SecurityGroups")
_RULE = Source(
    call=Call("describe_security_group_rules", SecurityGroupRuleIds=_ids), path="SecurityGroupRules[0]"
)

ROWS = (
    ReadBack(
        type="AWS::EC2::VPC",
        service="ec2",
        source=_described("describe_vpcs", "VpcIds", "Vpcs"),
        properties={
            "EnableDnsSupport": _attribute("enableDnsSupport"),
            "EnableDnsHostnames": _attribute("enableDnsHostnames"),
        },
    ),
    ReadBack(
        type="AWS::EC2::Subnet",
        service="ec2",
        source=_described("describe_subnets", "SubnetIds", "Subnets"),
    ),
    ReadBack(
        type="AWS::EC2::RouteTable",
        service="ec2",
        source=_described("describe_route_tables", "RouteTableIds", "RouteTables"),
    ),
    ReadBack(
        type="AWS::EC2::Route",
        service="ec2",
        source=Source(
            call=Call("describe_route_tables", RouteTableIds=lambda o: [o.properties["RouteTableId"]]),
            path="RouteTables[0]",
        ),
        properties={
            "GatewayId": "Routes[].GatewayId",
            "NetworkInterfaceId": "Routes[].NetworkInterfaceId",
            "DestinationCidrBlock": "Routes[].DestinationCidrBlock",
        },
    ),
    ReadBack(
        type="AWS::EC2::SecurityGroup",
        service="ec2",
        source=_GROUP,
        properties={"GroupDescription": "Description"},
        # Rules are compared where they are resources of their own.
        unread=("SecurityGroupIngress", "SecurityGroupEgress"),
    ),
    *(
        ReadBack(
            type=f"AWS::EC2::SecurityGroup{direction}",
            service="ec2",
            source=_RULE,
            properties={
                f"{peer}SecurityGroupId": "ReferencedGroupInfo.GroupId",
                f"{peer}PrefixListId": "PrefixListId",
                "CidrIp": "CidrIpv4",
            },
        )
        for direction, peer in (("Ingress", "Source"), ("Egress", "Destination"))
    ),
    ReadBack(
        type="AWS::EC2::VPCEndpoint",
        service="ec2",
        source=_described("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"),
    ),
    ReadBack(
        type="AWS::EC2::NetworkAcl",
        service="ec2",
        source=_described("describe_network_acls", "NetworkAclIds", "NetworkAcls"),
    ),
    ReadBack(
        type="AWS::EC2::NetworkInterface",
        service="ec2",
        source=_described("describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces"),
        properties={"GroupSet": "Groups[].GroupId", "Tags": "TagSet"},
    ),
    ReadBack(
        type="AWS::EC2::EIP",
        service="ec2",
        # The emulator finds an address by its allocation only.
        source=Source(
            call=Call("describe_addresses", AllocationIds=lambda o: [allocation(o)], Domain=constant(None)),
            path="Addresses[0]",
        ),
    ),
    ReadBack(
        type="AWS::EC2::FlowLog",
        service="ec2",
        source=_described("describe_flow_logs", "FlowLogIds", "FlowLogs"),
        unread=("ResourceType",),
    ),
    ReadBack(
        type="AWS::EC2::LaunchTemplate",
        service="ec2",
        source=Source(
            call=Call("describe_launch_template_versions", LaunchTemplateId=lambda o: o.id),
            path="LaunchTemplateVersions[-1]",
        ),
        unread=("TagSpecifications",),
    ),
    ReadBack(
        type="AWS::AutoScaling::AutoScalingGroup",
        service="autoscaling",
        source=Source(
            call=Call("describe_auto_scaling_groups", AutoScalingGroupNames=_ids),
            path="AutoScalingGroups[0]",
        ),
    ),
)
