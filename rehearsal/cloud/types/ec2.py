"""EC2: addresses, interfaces, flow logs, instances."""

from typing import Any

from ..here import client
from ..registry import Properties
from .ec2_tags import set_tags
from .row import Call, Occasion, Row, answered, constant, given, identity, tagged_as


def _name_addressed_interface(_: str, properties: Properties) -> None:
    from ministack.services import ec2

    address = ec2._addresses[properties["AllocationId"]]
    interface = ec2._network_interfaces.get(properties.get("NetworkInterfaceId"), {})
    address["NetworkInterfaceId"] = interface.get("NetworkInterfaceId")
    address["PrivateIpAddress"] = interface.get("PrivateIpAddress")


def _mend_interface(interface: str, properties: Properties) -> None:
    """The emulator's interfaces get a random address, and cannot be modified."""
    from ministack.services import ec2

    kept = ec2._network_interfaces[interface]
    kept["SourceDestCheck"] = str(properties.get("SourceDestCheck", True)).lower() == "true"
    kept["Groups"] = [
        {"GroupId": group, "GroupName": ec2._security_groups.get(group, {}).get("GroupName", group)}
        for group in properties.get("GroupSet", [])
    ] or kept["Groups"]
    if properties.get("PrivateIpAddress"):
        kept["PrivateIpAddress"] = properties["PrivateIpAddress"]
    if properties.get("Tags"):
        ec2._tags[interface] = [dict(tag) for tag in properties["Tags"]]


def _interface_address(occasion: Occasion) -> Any:
    found = client("ec2").describe_network_interfaces(NetworkInterfaceIds=[occasion.id])
    return found["NetworkInterfaces"][0]["PrivateIpAddress"]


def allocation(occasion: Occasion) -> Any:
    """An address is known to CloudFormation by its IP, to EC2 by its allocation."""
    from ministack.services import ec2

    return next((a["AllocationId"] for a in ec2._addresses.values() if a["PublicIp"] == occasion.id), "none")


def _set_address_tags(address: str, properties: Properties) -> None:
    set_tags(
        allocation(Occasion(logical_id="", stack_name="", properties=properties, id=address)), properties
    )


ROWS = (
    Row(
        type="AWS::EC2::FlowLog",
        service="ec2",
        create=Call(
            "create_flow_logs",
            ResourceIds=lambda occasion: [occasion.properties["ResourceId"]],
            TagSpecifications=tagged_as("vpc-flow-log"),
        ),
        id=answered("FlowLogIds[0]"),
        attributes={"Id": identity},
        retag=set_tags,
        delete=Call("delete_flow_logs", FlowLogIds=lambda occasion: [occasion.id]),
    ),
    Row(
        type="AWS::EC2::EIP",
        service="ec2",
        create=Call("allocate_address", TagSpecifications=tagged_as("elastic-ip")),
        id=answered("PublicIp"),
        attributes={"AllocationId": answered("AllocationId"), "PublicIp": identity},
        retag=_set_address_tags,
        delete=Call("release_address", AllocationId=allocation),
    ),
    Row(
        type="AWS::EC2::EIPAssociation",
        service="ec2",
        create=Call("associate_address"),
        id=answered("AssociationId"),
        attributes={"Id": identity},
        delete=Call("disassociate_address", AssociationId=identity, PublicIp=constant(None)),
        amend=_name_addressed_interface,
    ),
    Row(
        type="AWS::EC2::NetworkInterface",
        service="ec2",
        create=Call("create_network_interface", Groups=given("GroupSet")),
        id=answered("NetworkInterface.NetworkInterfaceId"),
        attributes={
            "Id": identity,
            "PrimaryPrivateIpAddress": _interface_address,
            "VpcId": answered("NetworkInterface.VpcId"),
        },
        # The emulator cannot modify an interface: it is only asked for, and `amend` changes it.
        update=(Call("describe_network_interfaces", NetworkInterfaceIds=lambda occasion: [occasion.id]),),
        fixed=("SubnetId", "PrivateIpAddress", "InterfaceType"),
        delete=Call("delete_network_interface", NetworkInterfaceId=identity),
        amend=_mend_interface,
    ),
    Row(
        type="AWS::EC2::Instance",
        service="ec2",
        create=Call(
            "run_instances",
            MinCount=constant(1),
            MaxCount=constant(1),
            TagSpecifications=tagged_as("instance"),
        ),
        id=answered("Instances[0].InstanceId"),
        attributes={
            "InstanceId": identity,
            "AvailabilityZone": answered("Instances[0].Placement.AvailabilityZone"),
            "PrivateIp": answered("Instances[0].PrivateIpAddress"),
            "PublicIp": answered("Instances[0].PublicIpAddress || ''"),
        },
        retag=set_tags,
        delete=Call("terminate_instances", InstanceIds=lambda occasion: [occasion.id]),
    ),
)
