"""EC2: filters of Describe operations that the emulator reads in part or not at all.

An operator who looks for what to delete must not be shown what the filters leave out.
"""

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]
Values = Callable[[Record], list[str]]


def _of(key: str) -> Values:
    return lambda record: [str(record.get(key, ""))]


def _of_groups(key: str) -> Values:
    return lambda record: [str(group[key]) for group in record["Groups"]]


@dataclass(frozen=True, kw_only=True)
class Described:
    """A Describe operation: the emulator's records by id, the parameter that takes ids, and its filters."""

    operation: str
    store: str
    id_parameter: str
    answer: str
    filters: Mapping[str, Values]


ROWS = (
    Described(
        operation="DescribeSecurityGroups",
        store="_security_groups",
        id_parameter="GroupId",
        answer="securityGroupInfo",
        filters={
            "group-id": _of("GroupId"),
            "group-name": _of("GroupName"),
            "vpc-id": _of("VpcId"),
            "description": _of("Description"),
        },
    ),
    Described(
        operation="DescribeNetworkInterfaces",
        store="_network_interfaces",
        id_parameter="NetworkInterfaceId",
        answer="networkInterfaceSet",
        filters={
            "network-interface-id": _of("NetworkInterfaceId"),
            "vpc-id": _of("VpcId"),
            "subnet-id": _of("SubnetId"),
            "status": _of("Status"),
            "description": _of("Description"),
            "interface-type": _of("InterfaceType"),
            "availability-zone": _of("AvailabilityZone"),
            "group-id": _of_groups("GroupId"),
            "group-name": _of_groups("GroupName"),
        },
    ),
    Described(
        operation="DescribeVpcEndpoints",
        store="_vpc_endpoints",
        id_parameter="VpcEndpointId",
        answer="vpcEndpointSet",
        filters={
            "vpc-endpoint-id": _of("VpcEndpointId"),
            "vpc-id": _of("VpcId"),
            "service-name": _of("ServiceName"),
            "vpc-endpoint-type": _of("VpcEndpointType"),
            "vpc-endpoint-state": _of("State"),
        },
    ),
)


def apply() -> None:
    """Let each row's operation read its filters."""
    from ministack.services import ec2

    for row in ROWS:
        ec2._ACTION_MAP[row.operation] = _filtering(row, ec2._ACTION_MAP[row.operation])


def _filtering(row: Described, describe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def describe_filtered(parameters: Mapping[str, Any]) -> Any:
        from ministack.services import ec2

        filters = ec2._parse_filters(parameters)
        if not filters:
            return describe(parameters)
        unknown = [name for name in filters if name not in row.filters and not _is_of_tags(name)]
        if unknown:
            return ec2._error("InvalidParameterValue", f"The filter '{unknown[0]}' is invalid", 400)
        asked = ec2._parse_member_list(parameters, row.id_parameter)
        found = [
            id_
            for id_, record in getattr(ec2, row.store).items()
            if (not asked or id_ in asked)
            and ec2._resource_matches_tag_filters(id_, filters)
            and all(
                _meets(row.filters[name](record), filters[name]) for name in filters if name in row.filters
            )
        ]
        if not found:
            return ec2._xml(200, f"{row.operation}Response", f"<{row.answer}/>")
        others = {name: value for name, value in parameters.items() if not name.startswith("Filter.")}
        ids = {f"{row.id_parameter}.{number}": [id_] for number, id_ in enumerate(found, 1)}
        return describe({**others, **ids})

    return describe_filtered


def _is_of_tags(name: str) -> bool:
    return name == "tag-key" or name.startswith("tag:")


def _meets(values: list[str], wanted: list[str]) -> bool:
    """Return whether one of the values meets one of the wanted, in which `*` and `?` are wildcards."""
    return any(
        fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for value in values for pattern in wanted
    )
