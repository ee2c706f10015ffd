"""Who may talk to whom, by security groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal_stage.foundation.security_groups import CLOUDFRONT_ORIGIN_FACING
from tests.unit.templates import Stage, Template

Rule = tuple[str, str, int]


def test_only_these_talk_to_each_other(stage: Stage) -> None:
    assert set(_ingress_between_groups(stage.foundation)) == {
        ("vpc-link", "alb", 443),
        ("probe", "alb", 443),
        ("alb", "frontend", 8080),
        ("alb", "backend", 3000),
        ("backend", "database", 5432),
        ("frontend", "nat", 443),
        ("backend", "nat", 443),
    }


def test_what_a_group_may_send_is_let_in_at_the_other_end(stage: Stage) -> None:
    egress = {
        (_group(rule["GroupId"]), _group(rule["DestinationSecurityGroupId"]), rule["FromPort"])
        for rule in stage.foundation.properties("AWS::EC2::SecurityGroupEgress")
    }
    through_nat = {("frontend", "nat", 443), ("backend", "nat", 443)}
    assert egress == set(_ingress_between_groups(stage.foundation)) - through_nat


def test_cloudfront_is_the_only_way_in_from_outside(stage: Stage) -> None:
    groups = stage.foundation.properties("AWS::EC2::SecurityGroup")
    assert not any("SecurityGroupIngress" in group for group in groups)
    rules = stage.foundation.properties("AWS::EC2::SecurityGroupIngress")
    (rule,) = (rule for rule in rules if "SourceSecurityGroupId" not in rule)
    assert rule["SourcePrefixListId"] == CLOUDFRONT_ORIGIN_FACING
    assert (_group(rule["GroupId"]), rule["FromPort"], rule["ToPort"]) == ("alb", 443, 443)


def test_the_interface_endpoints_serve_the_services_and_nobody_else(large: Stage) -> None:
    endpoints = large.foundation.properties("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")
    groups = {_group(reference) for endpoint in endpoints for reference in endpoint["SecurityGroupIds"]}
    assert groups == {"endpoints"}
    entitled = {
        source for source, target, _ in _ingress_between_groups(large.foundation) if target == "endpoints"
    }
    assert entitled == {"frontend", "backend"}


def test_no_group_sends_everything_everywhere(stage: Stage) -> None:
    for group in stage.foundation.properties("AWS::EC2::SecurityGroup"):
        for rule in group["SecurityGroupEgress"]:
            closed = rule["CidrIp"] == "255.255.255.255/32"
            assert closed or (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)


def test_the_default_security_group_is_closed(stage: Stage) -> None:
    assert len(stage.foundation.resources("Custom::VpcRestrictDefaultSG")) == 1


@pytest.fixture(scope="module", autouse=True)
def _both_environments_have_the_same_ids(stage: Stage, large: Stage) -> None:
    """The helpers below read kinds out of logical ids: they must not hold an environment's suffix."""
    assert set(stage.foundation.resources("AWS::EC2::SecurityGroup")) <= set(
        large.foundation.resources("AWS::EC2::SecurityGroup")
    )


def _group(reference: dict[str, Any]) -> str:
    """`alb` for a reference to the group that is called `alb-sg-test`."""
    squeezed = reference["Fn::GetAtt"][0]
    kinds = ("alb", "frontend", "backend", "database", "vpc-link", "probe", "nat", "endpoints")
    (kind,) = (kind for kind in kinds if f"{kind.replace('-', '')}sg" in squeezed)
    return kind


def _ingress_between_groups(foundation: Template) -> Iterator[Rule]:
    for rule in foundation.properties("AWS::EC2::SecurityGroupIngress"):
        if "SourceSecurityGroupId" in rule:
            yield _group(rule["SourceSecurityGroupId"]), _group(rule["GroupId"]), rule["FromPort"]
