"""The NAT instances: how they heal, what they tell."""

from __future__ import annotations

from portal_stage.foundation.nat_user_data import user_data
from tests.unit.templates import Stage, Template, actions

FIELDS = ("Namespace", "MetricName", "Statistic", "ComparisonOperator", "Threshold")
WATCHED = {
    "status": ("AWS/EC2", "StatusCheckFailed", "Maximum", "GreaterThanOrEqualToThreshold", 1),
    # An instance starts without credits: only those that it spends before it has earned them tell something.
    "credits": ("AWS/EC2", "CPUSurplusCreditBalance", "Maximum", "GreaterThanThreshold", 72),
    "drops": ("CustomerPortal/NAT", "DroppedPackets", "Sum", "GreaterThanThreshold", 100),
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
        for device in data["BlockDeviceMappings"]:
            assert device["Ebs"]["Encrypted"] is device["Ebs"]["DeleteOnTermination"] is True


def test_a_burstable_instance_is_never_held_to_its_baseline(stage: Stage, large: Stage) -> None:
    for template in stage.foundation.properties("AWS::EC2::LaunchTemplate"):
        assert template["LaunchTemplateData"]["CreditSpecification"] == {"CpuCredits": "unlimited"}
    # EC2 takes the option for burstable types only.
    other = large.foundation.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert other["InstanceType"] == "c7gn.medium"
    assert "CreditSpecification" not in other


def test_nat_instances_grow_as_old_as_is_configured(stage: Stage, large: Stage) -> None:
    (group,) = large.foundation.properties("AWS::AutoScaling::AutoScalingGroup")
    assert group["MaxInstanceLifetime"] == 30 * 24 * 3600
    # The old instance has to let go of the interface before the new one boots on it.
    assert group["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 0, "MaxHealthyPercentage": 100}
    for group in stage.foundation.properties("AWS::AutoScaling::AutoScalingGroup"):
        assert "MaxInstanceLifetime" not in group


def test_a_nat_instance_that_is_broken_lacks_cpu_or_loses_packets_is_told_and_so_is_its_recovery(
    stage: Stage,
) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in stage.foundation.properties("AWS::CloudWatch::Alarm")}
    assert {name: tuple(alarm[field] for field in FIELDS) for name, alarm in alarms.items()} == {
        f"nat-{number}-{what}-test": watched for number in (1, 2, 3) for what, watched in WATCHED.items()
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


def _app_route_targets(foundation: Template) -> set[str]:
    routes = foundation.properties("AWS::EC2::Route")
    return {route["NetworkInterfaceId"]["Ref"] for route in routes if "NetworkInterfaceId" in route}
