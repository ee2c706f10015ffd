"""Three zones, private subnets, and NAT instances as the only way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.assembly.network_map import SUBNET, subnets
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

ANYWHERE = {"0.0.0.0/0", "::/0"}


@invariant
def three_zones_by_id(synthesis: Synthesis) -> Iterator[str]:
    """Each tier lies in the same three zones, by id, because a letter means another place in each account."""
    for template in synthesis.tier("foundation"):
        zones = {subnet.zone for subnet in subnets(template)}
        if len(zones) != 3:
            yield told(template.stack, "subnets", found=f"zones {sorted(zones)}", wanted="three")
        for tier in ("public", "app", "data"):
            of_tier = [subnet.zone for subnet in subnets(template) if subnet.tier == tier]
            if sorted(of_tier) != sorted(zones):
                yield told(template.stack, tier, found=f"zones {of_tier}", wanted=sorted(zones))


@invariant
def zones_are_reachable(synthesis: Synthesis) -> Iterator[str]:
    """VPC link v2 and some Fargate capacity do not reach use1-az3."""
    for template, logical_id, properties in synthesis.properties(SUBNET):
        zone = str(properties.get("AvailabilityZoneId"))
        if "AvailabilityZone" in properties or not re.fullmatch("use1-az[12456]", zone):
            found = f"zone {properties.get('AvailabilityZone', zone)}"
            yield told(template.stack, logical_id, found=found, wanted="an id, not use1-az3")


@invariant
def public_subnets_lead_to_the_gateway(synthesis: Synthesis) -> Iterator[str]:
    """Public subnets, and no others, have a route to the Internet gateway."""
    for template in synthesis.tier("foundation"):
        gateways = {id_ for id_, _ in template.resources("AWS::EC2::InternetGateway")}
        for subnet in subnets(template):
            by = {
                id_
                for id_, route in subnet.routes.items()
                if route.get("GatewayId", {}).get("Ref") in gateways
            }
            if bool(by) != (subnet.tier == "public"):
                found = f"routes {sorted(by)} to the gateway"
                yield told(
                    template.stack, subnet.logical_id, found=found, wanted="them in public subnets alone"
                )


@invariant
def app_subnets_leave_by_nat(synthesis: Synthesis) -> Iterator[str]:
    """An app subnet leaves by a NAT instance's interface, by that of its own zone where there is one."""
    for template in synthesis.tier("foundation"):
        zone_of = {subnet.logical_id: subnet.zone for subnet in subnets(template)}
        interfaces = {
            logical_id: zone_of[properties["SubnetId"]["Ref"]]
            for logical_id, properties in template.properties("AWS::EC2::NetworkInterface")
        }
        for subnet in subnets(template):
            if subnet.tier != "app":
                continue
            ways = [
                route.get("NetworkInterfaceId", {}).get("Ref")
                for route in subnet.routes.values()
                if route.get("DestinationCidrBlock") in ANYWHERE
            ]
            near = {id_ for id_, zone in interfaces.items() if zone == subnet.zone} or set(interfaces)
            if len(ways) != 1 or ways[0] not in near:
                wanted = f"one of {sorted(near)}"
                yield told(template.stack, subnet.logical_id, found=f"default routes {ways}", wanted=wanted)


@invariant
def data_subnets_have_no_way_out(synthesis: Synthesis) -> Iterator[str]:
    """The route tables of the data tier hold no route; the gateway endpoints are beside them."""
    for template in synthesis.tier("foundation"):
        for subnet in subnets(template):
            if subnet.tier == "data" and subnet.routes:
                found = f"routes {sorted(subnet.routes)}"
                yield told(template.stack, subnet.logical_id, found=found, wanted="none")


@invariant
def subnets_have_a_route_table_each(synthesis: Synthesis) -> Iterator[str]:
    """Nobody falls back on the main route table, and no two zones share one."""
    for template in synthesis.tier("foundation"):
        taken: set[str] = set()
        for subnet in subnets(template):
            if len(subnet.route_tables) != 1 or taken & set(subnet.route_tables):
                found = f"route tables {list(subnet.route_tables)}"
                yield told(template.stack, subnet.logical_id, found=found, wanted="one of its own")
            taken |= set(subnet.route_tables)


@invariant
def there_is_no_nat_gateway(synthesis: Synthesis) -> Iterator[str]:
    """NAT instances do it, for a fraction of the price."""
    for template, logical_id, _ in synthesis.resources("AWS::EC2::NatGateway"):
        yield told(template.stack, logical_id, found="a NAT gateway", wanted="a NAT instance")


@invariant
def nat_instances_forward_and_heal(synthesis: Synthesis) -> Iterator[str]:
    """A NAT instance has a fixed interface without source check, and a group of one that replaces it."""
    for template in synthesis.tier("foundation"):
        launched = set()
        for logical_id, properties in template.properties("AWS::AutoScaling::AutoScalingGroup"):
            if (properties["MinSize"], properties["MaxSize"]) != ("1", "1"):
                found = f"{properties['MinSize']} to {properties['MaxSize']} instances"
                yield told(template.stack, logical_id, found=found, wanted="one")
            launched.add(properties["LaunchTemplate"]["LaunchTemplateId"]["Ref"])
        held = {
            interface["NetworkInterfaceId"]["Ref"]
            for logical_id, properties in template.properties("AWS::EC2::LaunchTemplate")
            for interface in properties["LaunchTemplateData"]["NetworkInterfaces"]
            if logical_id in launched and interface["DeviceIndex"] == 0
        }
        for logical_id, properties in template.properties("AWS::EC2::NetworkInterface"):
            if properties.get("SourceDestCheck") is not False:
                yield told(template.stack, logical_id, found="a source check", wanted="SourceDestCheck false")
            if logical_id not in held:
                yield told(
                    template.stack, logical_id, found="no group that holds it", wanted="one, as device 0"
                )


@invariant
def addresses_are_bound_behind_a_gateway(synthesis: Synthesis) -> Iterator[str]:
    """EC2 binds no address in a VPC without an Internet gateway, and detaches no gateway while one is bound."""
    for template in synthesis.tier("foundation"):
        attachments = {logical_id for logical_id, _ in template.resources("AWS::EC2::VPCGatewayAttachment")}
        for logical_id, _ in template.resources("AWS::EC2::EIPAssociation"):
            if not attachments & template.made_before(logical_id):
                yield told(template.stack, logical_id, found="it before the gateway", wanted="it after")


@invariant
def instances_guard_their_metadata(synthesis: Synthesis) -> Iterator[str]:
    """IMDSv2 only, one hop."""
    wanted = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    for template, logical_id, properties in synthesis.properties("AWS::EC2::LaunchTemplate"):
        found = properties["LaunchTemplateData"].get("MetadataOptions", {})
        if {key: found.get(key) for key in wanted} != wanted:
            yield told(template.stack, logical_id, found=f"MetadataOptions {found}", wanted=wanted)


@invariant
def gateway_endpoints_serve_every_subnet(synthesis: Synthesis) -> Iterator[str]:
    """S3 and DynamoDB are reached without the NAT, from each route table."""
    for template in synthesis.tier("foundation"):
        tables = {id_ for id_, _ in template.resources("AWS::EC2::RouteTable")}
        for service in ("s3", "dynamodb"):
            served = {
                table["Ref"]
                for _, endpoint in template.properties("AWS::EC2::VPCEndpoint")
                if endpoint["VpcEndpointType"] == "Gateway" and f".{service}" in str(endpoint["ServiceName"])
                for table in endpoint["RouteTableIds"]
            }
            if served != tables:
                found = f"an endpoint of {service} for {len(served)} route tables"
                yield told(template.stack, "endpoints", found=found, wanted=len(tables))
