"""Ways to name resources wrongly."""

from __future__ import annotations

from tests.assembly.invariants import naming
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties


@breaks(naming.names_follow_the_rule)
def forget_the_suffix(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::CloudWatch::Dashboard")["DashboardName"] = "portal"


@breaks(naming.names_follow_the_rule)
def leave_a_name_to_cloudformation(synthesis: Synthesis) -> None:
    del properties(synthesis, "foundation-prod", "AWS::SNS::Topic")["TopicName"]


@breaks(naming.names_follow_the_rule)
def take_another_environments_suffix(synthesis: Synthesis) -> None:
    origin = properties(synthesis, "portal-prod", "AWS::CloudFront::VpcOrigin")
    origin["VpcOriginEndpointConfig"]["Name"] = "vpc-origin-dev"


@breaks(naming.names_are_within_limits)
def outgrow_a_name(synthesis: Synthesis) -> None:
    balancer = properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["Name"] = "load-balancer-of-the-customers-portal-dev"


@breaks(naming.names_are_within_limits)
def write_a_name_with_an_underscore(synthesis: Synthesis) -> None:
    properties(synthesis, "data-dev", "AWS::RDS::DBSubnetGroup")["DBSubnetGroupName"] = "aurora_subnets-dev"


@breaks(naming.physical_names_are_unique)
def name_two_target_groups_alike(synthesis: Synthesis) -> None:
    for _, group in synthesis.template("portal-dev").properties("AWS::ElasticLoadBalancingV2::TargetGroup"):
        group["Name"] = "tg-dev"


@breaks(naming.physical_names_are_unique)
def name_an_alarm_as_a_composite(synthesis: Synthesis) -> None:
    composite = properties(synthesis, "portal-prod", "AWS::CloudWatch::CompositeAlarm")
    properties(synthesis, "portal-prod", "AWS::CloudWatch::Alarm", "Probe")["AlarmName"] = composite[
        "AlarmName"
    ]


@breaks(naming.name_tags_follow_the_rule)
def tag_a_subnet_as_cdk_would(synthesis: Synthesis) -> None:
    tags = properties(synthesis, "foundation-dev", "AWS::EC2::Subnet")["Tags"]
    next(tag for tag in tags if tag["Key"] == "Name")["Value"] = "pipeline-tools/dev/Foundation/Network"


@breaks(naming.every_type_has_a_row)
def bring_a_new_type(synthesis: Synthesis) -> None:
    add(synthesis, "pipeline-tools", "AWS::SSM::Parameter", Name="switch", Type="String", Value="on")
