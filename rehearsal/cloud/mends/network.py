"""Attributes of network resources that templates read and the emulator does not give."""

from typing import Any

from ..registry import Properties
from .wrapping import mend


def _vpc(_: str, properties: Properties) -> dict[str, Any]:
    return {"CidrBlock": properties.get("CidrBlock")}


def _subnet(subnet: str, properties: Properties) -> dict[str, Any]:
    from ministack.services import ec2

    kept = ec2._subnets[subnet]
    return {
        "VpcId": kept["VpcId"],
        "CidrBlock": properties.get("CidrBlock"),
        "AvailabilityZoneId": kept["AvailabilityZoneId"],
    }


def apply(emulated: dict[str, Any]) -> None:
    """Adds the attributes."""
    mend(emulated, "AWS::EC2::VPC", attributes=_vpc)
    mend(emulated, "AWS::EC2::Subnet", attributes=_subnet)
