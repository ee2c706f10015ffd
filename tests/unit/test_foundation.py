"""Network, NAT, security groups and key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal_stage.foundation.nat_user_data import user_data
from portal_stage.foundation.security_groups import CLOUDFRONT_ORIGIN_FACING
from tests.unit.templates import Stage, Template, actions

Rule = tuple[str, str, int]


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


def test_each_zone_has_a_nat_of_its_own(stage: Stage) -> None:
    assert len(stage.foundation.resources("AWS::AutoScaling::AutoScalingGroup")) == 3
    assert len(_app_route_targets(stage.foundation)) == 3


def test_one_nat_instance_serves_all_zones(large: Stage) -> None:
    assert len(large.foundation.resources("AWS::AutoScaling::AutoScalingGroup")) == 1
    assert len(_app_route_targets(large.foundation)) == 1


def test_a_replaced_nat_instance_boots_on_the_interface_that_the_routes_name(stage: Stage) -> None:
    foundation = stage.foundation
    for group in foundation.resources("AWS::AutoScaling::AutoScalingGroup").values():
        properties = group["Properties"]
        assert (properties["MinSize"], properties["MaxSize"]) == ("1", "1")
        # EC2 refuses a subnet beside an interface, and the interface is free only once the old instance is gone.
        assert "VPCZoneIdentifier" not in properties
        assert group["UpdatePolicy"]["AutoScalingRollingUpdate"]["MinInstancesInService"] == 0
        template = foundation.body["Resources"][properties["LaunchTemplate"]["LaunchTemplateId"]["Ref"]]
        (interface,) = template["Properties"]["LaunchTemplateData"]["NetworkInterfaces"]
        assert interface["DeviceIndex"] == 0
        assert interface["NetworkInterfaceId"]["Ref"] in _app_route_targets(foundation)
        addressed = {
            foundation.body["Resources"][id_]["Properties"]["NetworkInterfaceId"]["Ref"]
            for id_ in group["DependsOn"]
            if foundation.body["Resources"][id_]["Type"] == "AWS::EC2::EIPAssociation"
        }
        assert addressed == {interface["NetworkInterfaceId"]["Ref"]}


def test_nat_instances_forward_for_others_and_keep_no_secrets_in_the_open(stage: Stage) -> None:
    assert all(
        interface["SourceDestCheck"] is False
        for interface in stage.foundation.properties("AWS::EC2::NetworkInterface")
    )
    for template in stage.foundation.properties("AWS::EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        assert all(device["Ebs"]["Encrypted"] for device in data["BlockDeviceMappings"])
        assert "masquerade" in data["UserData"]["Fn::Base64"]


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
        assert [_group(reference) for reference in endpoint["SecurityGroupIds"]] == ["endpoints"]
    entitled = {
        source for source, target, _ in _ingress_between_groups(large.foundation) if target == "endpoints"
    }
    assert entitled == {"frontend", "backend"}


def test_every_connection_is_logged_encrypted_and_for_days(stage: Stage) -> None:
    flow_log = stage.foundation.one("AWS::EC2::FlowLog")
    assert (flow_log["ResourceType"], flow_log["TrafficType"]) == ("VPC", "ALL")
    group = stage.foundation.body["Resources"][flow_log["LogGroupName"]["Ref"]]["Properties"]
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/vpc/flow-logs-test", 14)
    assert "Key" in group["KmsKeyId"]["Fn::GetAtt"][0]
    (statement,) = stage.foundation.statements("flow-logs-test")
    assert statement["Resource"]["Fn::GetAtt"] == [flow_log["LogGroupName"]["Ref"], "Arn"]
    assert not any(action.startswith("iam:") for action in actions(statement))


def test_alarms_of_this_account_reach_an_encrypted_topic(stage: Stage) -> None:
    topic = stage.foundation.one("AWS::SNS::Topic", TopicName="alarms-test")
    assert "Key" in topic["KmsMasterKeyId"]["Fn::GetAtt"][0]
    policy = stage.foundation.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    (allowed,) = (statement for statement in policy if statement["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    (denied,) = (statement for statement in policy if statement["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


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


def test_no_group_sends_everything_everywhere(stage: Stage) -> None:
    for group in stage.foundation.properties("AWS::EC2::SecurityGroup"):
        for rule in group["SecurityGroupEgress"]:
            closed = rule["CidrIp"] == "255.255.255.255/32"
            assert closed or (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)


def test_the_default_security_group_is_closed(stage: Stage) -> None:
    assert len(stage.foundation.resources("Custom::VpcRestrictDefaultSG")) == 1


def test_the_key_rotates_and_lets_this_accounts_logs_and_alarms_use_it(stage: Stage) -> None:
    key = stage.foundation.one("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    assert key["PendingWindowInDays"] == 7
    services = {
        statement["Principal"]["Service"]: statement["Condition"]
        for statement in key["KeyPolicy"]["Statement"]
        if "Service" in statement["Principal"]
    }
    assert services == {
        "logs.us-east-1.amazonaws.com": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:log-group:*"
            }
        },
        "cloudwatch.amazonaws.com": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    }


def test_the_key_names_no_role_that_a_fresh_account_lacks(stage: Stage) -> None:
    principals = [s["Principal"] for s in stage.foundation.one("AWS::KMS::Key")["KeyPolicy"]["Statement"]]
    assert {"AWS": "arn:aws:iam::111111111111:root"} in principals
    assert len([principal for principal in principals if "AWS" in principal]) == 1


@pytest.fixture(scope="module", autouse=True)
def _both_environments_have_the_same_ids(stage: Stage, large: Stage) -> None:
    """The helpers below read kinds out of logical ids: they must not hold an environment's suffix."""
    assert set(stage.foundation.resources("AWS::EC2::SecurityGroup")) <= set(
        large.foundation.resources("AWS::EC2::SecurityGroup")
    )


def _tag(resource: dict[str, Any], key: str) -> str:
    return next(str(tag["Value"]) for tag in resource["Tags"] if tag["Key"] == key)


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


def _app_route_targets(foundation: Template) -> set[str]:
    routes = foundation.properties("AWS::EC2::Route")
    return {route["NetworkInterfaceId"]["Ref"] for route in routes if "NetworkInterfaceId" in route}


def _target(foundation: Template, route: dict[str, Any]) -> str:
    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    reference = route.get("GatewayId") or route["NetworkInterfaceId"]
    return str(foundation.body["Resources"][reference["Ref"]]["Type"])


def test_a_nat_instance_that_is_broken_out_of_credits_or_loses_packets_is_told_and_so_is_its_recovery(
    stage: Stage,
) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in stage.foundation.properties("AWS::CloudWatch::Alarm")}
    assert set(alarms) == {
        f"nat-{number}-{what}-test" for number in (1, 2, 3) for what in ("status", "credits", "drops")
    }
    topic = [{"Ref": stage.foundation.id_of("AWS::SNS::Topic", TopicName="alarms-test")}]
    for name, alarm in alarms.items():
        (dimension,) = alarm["Dimensions"]
        assert dimension == {"Name": "AutoScalingGroupName", "Value": f"{name[:5]}-test"}
        assert alarm["AlarmActions"] == alarm["OKActions"] == topic
        # Without an instance, or a way out of it, there is no data, and that is the worst case.
        assert alarm["TreatMissingData"] == ("notBreaching" if "credits" in name else "breaching")


def test_the_nat_instances_may_tell_the_one_metric_that_is_watched_and_nothing_else(
    stage: Stage, large: Stage
) -> None:
    (statement,) = stage.foundation.statements("nat-role-test")
    (namespace,) = {
        alarm["Namespace"]
        for alarm in stage.foundation.properties("AWS::CloudWatch::Alarm", MetricName="DroppedPackets")
    }
    assert actions(statement) == ["cloudwatch:PutMetricData"]
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespace}}
    role = {"Ref": stage.foundation.id_of("AWS::IAM::Role", RoleName="nat-role-test")}
    profile = stage.foundation.id_of("AWS::IAM::InstanceProfile", Roles=[role])
    for number, template in enumerate(stage.foundation.properties("AWS::EC2::LaunchTemplate"), start=1):
        data = template["LaunchTemplateData"]
        assert data["IamInstanceProfile"] == {"Arn": {"Fn::GetAtt": [profile, "Arn"]}}
        assert data["UserData"]["Fn::Base64"] == user_data(group=f"nat-{number}-test", region="us-east-1")
    assert large.foundation.one("AWS::CloudWatch::Alarm", MetricName="DroppedPackets")["Threshold"] == 5


def test_nat_instances_grow_as_old_as_is_configured(stage: Stage, large: Stage) -> None:
    (group,) = large.foundation.properties("AWS::AutoScaling::AutoScalingGroup")
    assert group["MaxInstanceLifetime"] == 30 * 24 * 3600
    # The old instance has to let go of the interface before the new one boots on it.
    assert group["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 0, "MaxHealthyPercentage": 100}
    for group in stage.foundation.properties("AWS::AutoScaling::AutoScalingGroup"):
        assert "MaxInstanceLifetime" not in group
