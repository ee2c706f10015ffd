"""Subnets, routes, endpoints and flow logs."""

from __future__ import annotations

from typing import Any

from tests.unit.templates import Stage, Template, actions


def test_each_tier_has_a_subnet_in_each_of_the_three_pinned_zones(stage: Stage) -> None:
    subnets = stage.foundation.properties("AWS::EC2::Subnet")
    placed = {(_tag(subnet, "Name"), subnet["AvailabilityZoneId"]) for subnet in subnets}
    zones = ["use1-az1", "use1-az2", "use1-az4"]
    assert placed == {
        (f"{tier}-{number}-test", zone)
        for tier in ("public", "app", "data")
        for number, zone in enumerate(zones, start=1)
    }
    assert not any("AvailabilityZone" in subnet for subnet in subnets)


def test_no_instance_gets_a_public_address_by_itself(stage: Stage) -> None:
    assert not any(
        subnet["MapPublicIpOnLaunch"] for subnet in stage.foundation.properties("AWS::EC2::Subnet")
    )


def test_app_subnets_leave_by_a_network_interface_and_data_subnets_not_at_all(stage: Stage) -> None:
    routes = stage.foundation.properties("AWS::EC2::Route")
    targets = {route["RouteTableId"]["Ref"]: _target(stage.foundation, route) for route in routes}
    tiers = {tier: {t for table, t in targets.items() if tier in table} for tier in ("public", "app", "data")}
    assert tiers == {
        "public": {"AWS::EC2::InternetGateway"},
        "app": {"AWS::EC2::NetworkInterface"},
        "data": set(),
    }


def test_s3_and_dynamodb_are_reached_without_the_nat(stage: Stage) -> None:
    endpoints = stage.foundation.properties("AWS::EC2::VPCEndpoint", VpcEndpointType="Gateway")
    services = {str(endpoint["ServiceName"]).split(".")[-1].rstrip("'\"]}") for endpoint in endpoints}
    assert services == {"s3", "dynamodb"}
    app_tables = {table for table in stage.foundation.resources("AWS::EC2::RouteTable") if "app" in table}
    for endpoint in endpoints:
        assert app_tables <= {table["Ref"] for table in endpoint["RouteTableIds"]}


def test_with_interface_endpoints_images_logs_secrets_and_keys_need_no_nat(
    stage: Stage, large: Stage
) -> None:
    assert stage.foundation.properties("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface") == []
    endpoints = large.foundation.properties("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")
    assert {endpoint["ServiceName"].removeprefix("com.amazonaws.us-east-1.") for endpoint in endpoints} == {
        "ecr.api",
        "ecr.dkr",
        "logs",
        "secretsmanager",
        "kms",
    }
    for endpoint in endpoints:
        assert endpoint["PrivateDnsEnabled"] is True
        assert len(endpoint["SubnetIds"]) == 3


def test_every_connection_is_logged_encrypted_and_for_days(stage: Stage) -> None:
    flow_log = stage.foundation.one("AWS::EC2::FlowLog")
    assert (flow_log["ResourceType"], flow_log["TrafficType"]) == ("VPC", "ALL")
    group = stage.foundation.body["Resources"][flow_log["LogGroupName"]["Ref"]]["Properties"]
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/vpc/flow-logs-test", 14)
    assert "Key" in group["KmsKeyId"]["Fn::GetAtt"][0]
    (statement,) = stage.foundation.statements("flow-logs-test")
    assert statement["Resource"]["Fn::GetAtt"] == [flow_log["LogGroupName"]["Ref"], "Arn"]
    assert not any(action.startswith("iam:") for action in actions(statement))
    # Or the first flows find a role that may not write yet.
    role = {"Ref": stage.foundation.id_of("AWS::IAM::Role", RoleName="flow-logs-test")}
    policy = stage.foundation.id_of("AWS::IAM::Policy", Roles=[role])
    (waiting,) = stage.foundation.resources("AWS::EC2::FlowLog").values()
    assert policy in waiting["DependsOn"]


def _tag(resource: dict[str, Any], key: str) -> str:
    return next(str(tag["Value"]) for tag in resource["Tags"] if tag["Key"] == key)


def _target(foundation: Template, route: dict[str, Any]) -> str:
    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    reference = route.get("GatewayId") or route["NetworkInterfaceId"]
    return str(foundation.body["Resources"][reference["Ref"]]["Type"])
