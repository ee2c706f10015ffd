"""Nothing of an environment has a public address, but its NAT; AWS's own front doors stand before it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.network_map import subnets, tiers
from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

# Where the subnets of a type stand in its properties, and the one tier that they may be of.
TIERS = {
    "AWS::ApiGatewayV2::VpcLink": ("SubnetIds", "app"),
    "AWS::ECS::Service": ("NetworkConfiguration", "app"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Subnets", "app"),
    "AWS::Lambda::Function": ("VpcConfig", "app"),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds", "data"),
}


@invariant
def addresses_are_private(synthesis: Synthesis) -> Iterator[str]:
    """No subnet hands out public addresses, and nothing asks for one."""
    yield from each_has(synthesis, "AWS::EC2::Subnet", field="MapPublicIpOnLaunch", wanted=[False])
    yield from each_has(synthesis, "AWS::RDS::DBInstance", field="PubliclyAccessible", wanted=[False])
    for template, logical_id, properties in synthesis.properties("AWS::EC2::LaunchTemplate"):
        for interface in properties["LaunchTemplateData"].get("NetworkInterfaces", []):
            if interface.get("AssociatePublicIpAddress"):
                yield told(template.stack, logical_id, found="a public address", wanted="none")
    for template, logical_id, properties in synthesis.properties("AWS::ECS::Service"):
        network = properties["NetworkConfiguration"]["AwsvpcConfiguration"]
        if network.get("AssignPublicIp") != "DISABLED":
            yield told(template.stack, logical_id, found="tasks with public addresses", wanted="DISABLED")


@invariant
def load_balancers_are_internal(synthesis: Synthesis) -> Iterator[str]:
    """Customers come by CloudFront and API Gateway, which reach the balancer inside the VPC."""
    yield from each_has(
        synthesis, "AWS::ElasticLoadBalancingV2::LoadBalancer", field="Scheme", wanted=["internal"]
    )


@invariant
def elastic_addresses_are_of_nat_alone(synthesis: Synthesis) -> Iterator[str]:
    """Each Elastic IP belongs to a NAT interface in a public subnet."""
    for template in synthesis.tier("foundation"):
        public = {subnet.logical_id for subnet in subnets(template) if subnet.tier == "public"}
        nat = {
            logical_id
            for logical_id, properties in template.properties("AWS::EC2::NetworkInterface")
            if properties["SubnetId"]["Ref"] in public
        }
        bound = {
            properties["AllocationId"]["Fn::GetAtt"][0]
            for _, properties in template.properties("AWS::EC2::EIPAssociation")
            if properties.get("NetworkInterfaceId", {}).get("Ref") in nat
        }
        for logical_id, _ in template.resources("AWS::EC2::EIP"):
            if logical_id not in bound:
                yield told(
                    template.stack, logical_id, found="no NAT interface", wanted="one in a public subnet"
                )


@invariant
def tiers_stay_in_their_subnets(synthesis: Synthesis) -> Iterator[str]:
    """Whatever computes is in the app subnets, the database in the data subnets."""
    tier_of = tiers(synthesis)
    for template, logical_id, resource in synthesis.resources(*TIERS):
        field, wanted = TIERS[resource["Type"]]
        value = resource["Properties"].get(field)
        # Security groups stand among the subnets of some types, and are of no tier.
        found = {tier_of[place] for place in synthesis.pointed_at(template, value) if place in tier_of}
        if value is not None and found != {wanted}:
            yield told(template.stack, logical_id, found=f"subnets of {sorted(found)}", wanted=wanted)
