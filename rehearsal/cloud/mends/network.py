"""Network resources: attributes that templates read, and zones by their ids."""

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


def _know_every_zone() -> None:
    """The emulator knows three zones and puts a subnet of any other into the first one."""
    from ministack.core.responses import get_region
    from ministack.services import ec2

    def zone_name_for_az_id(zone_id: str) -> str | None:
        if not zone_id:
            return None
        for name in (f"{get_region()}{letter}" for letter in "abcdef"):
            if ec2._az_id_for_zone_name(name) == zone_id:
                return name
        raise ValueError(f"Invalid availability zone-id: [{zone_id}]")

    def describe_availability_zones(asked: Any) -> Any:
        region, wanted = get_region(), set(ec2._parse_member_list(asked, "ZoneId"))
        names = {ec2._az_id_for_zone_name(f"{region}{letter}"): f"{region}{letter}" for letter in "abcdef"}
        items = "".join(
            f"<item><zoneName>{name}</zoneName><zoneId>{id_}</zoneId><zoneState>available</zoneState>"
            f"<regionName>{region}</regionName><zoneType>availability-zone</zoneType></item>"
            for id_, name in names.items()
            if id_ in wanted or not wanted
        )
        answer = f"<availabilityZoneInfo>{items}</availabilityZoneInfo>"
        return ec2._xml(200, "DescribeAvailabilityZonesResponse", answer)

    ec2._zone_name_for_az_id = zone_name_for_az_id
    ec2._ACTION_MAP["DescribeAvailabilityZones"] = describe_availability_zones


def apply(emulated: dict[str, Any]) -> None:
    """Adds both."""
    mend(emulated, "AWS::EC2::VPC", attributes=_vpc)
    mend(emulated, "AWS::EC2::Subnet", attributes=_subnet)
    _know_every_zone()
