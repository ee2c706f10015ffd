"""Ways to misroute, to expose and to lose a zone."""

from __future__ import annotations

from tests.assembly.invariants import exposure, network
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties, remove, resource


@breaks(network.three_zones_by_id)
def lose_a_zone(synthesis: Synthesis) -> None:
    for _, subnet in synthesis.template("foundation-dev").properties("AWS::EC2::Subnet"):
        if subnet["AvailabilityZoneId"] == "use1-az4":
            subnet["AvailabilityZoneId"] = "use1-az2"


@breaks(network.three_zones_by_id)
def put_two_of_a_tier_into_one_zone(synthesis: Synthesis) -> None:
    subnet = properties(synthesis, "foundation-prod", "AWS::EC2::Subnet", "dataSubnet1")
    subnet["AvailabilityZoneId"] = "use1-az2"


@breaks(network.zones_are_reachable)
def use_the_zone_that_is_not_reached(synthesis: Synthesis) -> None:
    for _, subnet in synthesis.template("foundation-dev").properties("AWS::EC2::Subnet"):
        if subnet["AvailabilityZoneId"] == "use1-az1":
            subnet["AvailabilityZoneId"] = "use1-az3"


@breaks(network.zones_are_reachable)
def name_a_zone_by_its_letter(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", "AWS::EC2::Subnet")["AvailabilityZone"] = "us-east-1a"


@breaks(network.public_subnets_lead_to_the_gateway)
def cut_a_public_subnet_off(synthesis: Synthesis) -> None:
    route = properties(synthesis, "foundation-dev", "AWS::EC2::Route", "publicSubnet2")
    route["GatewayId"] = {"Ref": "AWS::NoValue"}


@breaks(network.app_subnets_leave_by_nat)
def leave_by_another_zones_nat(synthesis: Synthesis) -> None:
    first = properties(synthesis, "foundation-prod", "AWS::EC2::Route", "appSubnet1")
    first["NetworkInterfaceId"] = properties(synthesis, "foundation-prod", "AWS::EC2::Route", "appSubnet2")[
        "NetworkInterfaceId"
    ]


@breaks(network.app_subnets_leave_by_nat)
def forget_a_way_out(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation", "AWS::EC2::Route", "appSubnet3")


@breaks(network.data_subnets_have_no_way_out)
def give_the_data_tier_a_way_out(synthesis: Synthesis) -> None:
    interface = properties(synthesis, "foundation-dev", "AWS::EC2::Route", "appSubnet1")["NetworkInterfaceId"]
    table = properties(synthesis, "foundation-dev", "AWS::EC2::SubnetRouteTableAssociation", "dataSubnet1")
    route = {"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": interface}
    add(synthesis, "foundation", "AWS::EC2::Route", RouteTableId=table["RouteTableId"], **route)


@breaks(network.subnets_have_a_route_table_each)
def leave_a_subnet_to_the_main_table(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation", "AWS::EC2::SubnetRouteTableAssociation", "dataSubnet2")


@breaks(network.subnets_have_a_route_table_each)
def share_a_route_table(synthesis: Synthesis) -> None:
    first, second = (
        properties(
            synthesis, "foundation-dev", "AWS::EC2::SubnetRouteTableAssociation", f"dataSubnet{number}"
        )
        for number in (1, 2)
    )
    second["RouteTableId"] = first["RouteTableId"]


@breaks(network.there_is_no_nat_gateway)
def add_a_nat_gateway(synthesis: Synthesis) -> None:
    subnet = properties(synthesis, "foundation-dev", "AWS::EC2::SubnetRouteTableAssociation")["SubnetId"]
    add(synthesis, "foundation", "AWS::EC2::NatGateway", SubnetId=subnet)


@breaks(network.nat_instances_forward_and_heal)
def check_the_source_of_what_nat_forwards(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-prod", "AWS::EC2::NetworkInterface")["SourceDestCheck"] = True


@breaks(network.nat_instances_forward_and_heal)
def stop_a_nat_instance(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-prod", "AWS::AutoScaling::AutoScalingGroup")["MinSize"] = "0"


@breaks(network.nat_instances_forward_and_heal)
def hold_the_interface_second(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-dev", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["NetworkInterfaces"][0]["DeviceIndex"] = 1


@breaks(network.nat_instances_forward_and_heal)
def heal_another_zones_instance(synthesis: Synthesis) -> None:
    first, second = (
        properties(
            synthesis, "foundation-prod", "AWS::AutoScaling::AutoScalingGroup", f"publicSubnet{number}"
        )
        for number in (1, 2)
    )
    first["LaunchTemplate"] = second["LaunchTemplate"]


@breaks(network.addresses_are_bound_behind_a_gateway)
def bind_an_address_before_there_is_a_gateway(synthesis: Synthesis) -> None:
    del resource(synthesis, "foundation-prod", "AWS::EC2::EIPAssociation")["DependsOn"]


@breaks(network.instances_guard_their_metadata)
def admit_the_old_metadata_service(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-dev", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["MetadataOptions"]["HttpTokens"] = "optional"


@breaks(network.gateway_endpoints_serve_every_subnet)
def reach_the_sessions_by_nat(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", "AWS::EC2::VPCEndpoint", "DynamoDb")["RouteTableIds"].pop()


@breaks(network.gateway_endpoints_serve_every_subnet)
def reach_s3_by_an_interface(synthesis: Synthesis) -> None:
    endpoint = properties(synthesis, "foundation-dev", "AWS::EC2::VPCEndpoint", "S3")
    endpoint["VpcEndpointType"] = "Interface"


@breaks(exposure.addresses_are_private)
def hand_out_public_addresses(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", "AWS::EC2::Subnet")["MapPublicIpOnLaunch"] = True


@breaks(exposure.addresses_are_private)
def give_tasks_public_addresses(synthesis: Synthesis) -> None:
    service = properties(synthesis, "portal-prod", "AWS::ECS::Service")
    service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"


@breaks(exposure.addresses_are_private)
def publish_a_database(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", "AWS::RDS::DBInstance")["PubliclyAccessible"]


@breaks(exposure.addresses_are_private)
def launch_with_a_public_address(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-prod", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["NetworkInterfaces"][0]["AssociatePublicIpAddress"] = True


@breaks(exposure.load_balancers_are_internal)
def face_the_internet(synthesis: Synthesis) -> None:
    balancer = properties(synthesis, "portal-prod", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["Scheme"] = "internet-facing"


@breaks(exposure.elastic_addresses_are_of_nat_alone)
def leave_an_address_unbound(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation-dev", "AWS::EC2::EIPAssociation")


@breaks(exposure.elastic_addresses_are_of_nat_alone)
def publish_an_interface_of_the_app_tier(synthesis: Synthesis) -> None:
    service = properties(synthesis, "foundation-prod", "AWS::EC2::SubnetRouteTableAssociation", "appSubnet1")
    interface = properties(synthesis, "foundation-prod", "AWS::EC2::NetworkInterface", "publicSubnet1")
    interface["SubnetId"] = service["SubnetId"]


@breaks(exposure.tiers_stay_in_their_subnets)
def put_the_balancer_into_data_subnets(synthesis: Synthesis) -> None:
    balancer = properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["Subnets"] = properties(synthesis, "data-dev", "AWS::RDS::DBSubnetGroup")["SubnetIds"]
