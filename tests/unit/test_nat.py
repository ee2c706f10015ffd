"""The NAT instances: how they heal, what they tell."""

from __future__ import annotations

import json

from portal_stage.foundation.nat_user_data import Deployed
from tests.unit.templates import Stage, Template, actions

FIELDS = ("Namespace", "MetricName", "Statistic", "ComparisonOperator", "Threshold")
GROUP = "AWS::AutoScaling::AutoScalingGroup"
WATCHED = {
    "status": ("AWS/EC2", "StatusCheckFailed", "Maximum", "GreaterThanOrEqualToThreshold", 1),
    # An instance starts without credits: only those that it spends before it has earned them tell something.
    "credits": ("AWS/EC2", "CPUSurplusCreditBalance", "Maximum", "GreaterThanThreshold", 72),
    "ends": ("AWS/Events", "TriggeredRules", "Sum", "GreaterThanOrEqualToThreshold", 1),
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


def test_the_old_instance_lets_go_of_the_interface_before_the_new_one_boots_on_it(stage: Stage) -> None:
    for group in stage.foundation.properties(GROUP):
        assert group["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 0, "MaxHealthyPercentage": 100}
        # Equal lifetimes would end all of them in the same night.
        assert "MaxInstanceLifetime" not in group


def test_a_deployment_replaces_one_instance_after_the_other_and_waits_for_a_packet_through_each(
    stage: Stage,
) -> None:
    groups = stage.foundation.resources(GROUP)
    names = {id_: group["Properties"]["AutoScalingGroupName"] for id_, group in groups.items()}
    before = {
        names[id_]: [names[other] for other in group["DependsOn"] if other in groups]
        for id_, group in groups.items()
    }
    assert before == {"nat-1-test": [], "nat-2-test": ["nat-1-test"], "nat-3-test": ["nat-2-test"]}
    for id_, group in groups.items():
        assert group["CreationPolicy"] == {"ResourceSignal": {"Count": 1, "Timeout": "PT20M"}}
        update = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert (update["WaitOnResourceSignals"], update["PauseTime"]) == (True, "PT20M")
        template = group["Properties"]["LaunchTemplate"]["LaunchTemplateId"]["Ref"]
        data = stage.foundation.body["Resources"][template]["Properties"]["LaunchTemplateData"]
        # Its signal is for its own group.
        deployed = Deployed(group=names[id_], region="us-east-1", stack="foundation-test", resource=id_)
        assert data["UserData"]["Fn::Base64"] == deployed.user_data()
        # One that fails ends: the group starts another.
        assert data["InstanceInitiatedShutdownBehavior"] == "terminate"


def test_new_images_come_one_zone_a_night(stage: Stage, large: Stage) -> None:
    schedules = {
        json.loads(schedule["Target"]["Input"])["AutoScalingGroupName"]: schedule
        for schedule in stage.foundation.properties("AWS::Scheduler::Schedule")
    }
    assert {name: schedule["ScheduleExpression"] for name, schedule in schedules.items()} == {
        "nat-1-test": "cron(0 8 ? * TUE *)",
        "nat-2-test": "cron(0 8 ? * WED *)",
        "nat-3-test": "cron(0 8 ? * THU *)",
    }
    role = {"Fn::GetAtt": [stage.foundation.id_of("AWS::IAM::Role", RoleName="nat-refresh-test"), "Arn"]}
    for schedule in schedules.values():
        assert schedule["Target"]["RoleArn"] == role
        assert schedule["Target"]["Arn"].endswith(":autoscaling:startInstanceRefresh")
    (statement,) = stage.foundation.statements("nat-refresh-test")
    assert actions(statement) == ["autoscaling:StartInstanceRefresh"]
    assert [arn.rpartition("/")[2] for arn in statement["Resource"]] == list(schedules)
    assert large.foundation.properties("AWS::Scheduler::Schedule") == []


def test_two_ends_within_half_an_hour_ring_and_what_ended_is_kept(stage: Stage) -> None:
    for number in (1, 2, 3):
        name = f"nat-{number}-ends-test"
        alarm = stage.foundation.one("AWS::CloudWatch::Alarm", AlarmName=name)
        assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (60, 30, 2)
        rule = stage.foundation.one("AWS::Events::Rule", Name=name)
        assert rule["EventPattern"]["detail"] == {"AutoScalingGroupName": [f"nat-{number}-test"]}
        assert rule["EventPattern"]["detail-type"] == ["EC2 Instance-terminate Successful"]
        group = stage.foundation.id_of("AWS::Logs::LogGroup", LogGroupName="/aws/events/nat-ends-test")
        assert group in json.dumps(rule["Targets"])


def test_no_alarm_is_made_before_there_is_an_instance_to_report(stage: Stage) -> None:
    last = stage.foundation.id_of(GROUP, AutoScalingGroupName="nat-3-test")
    for alarm in stage.foundation.resources("AWS::CloudWatch::Alarm").values():
        assert last in alarm["DependsOn"]


def test_whatever_takes_a_zones_way_out_is_one_page_and_a_refresh_is_none(stage: Stage) -> None:
    page = stage.foundation.one("AWS::CloudWatch::CompositeAlarm", AlarmName="nat-alarm-test")
    alarms = stage.foundation.resources("AWS::CloudWatch::Alarm")
    paging = {part["Fn::GetAtt"][0] for part in page["AlarmRule"]["Fn::Join"][1] if isinstance(part, dict)}
    assert {alarms[id_]["Properties"]["AlarmName"] for id_ in paging} == {
        f"nat-{number}-{what}-test" for number in (1, 2, 3) for what in ("status", "ends", "drops")
    }
    # Without an instance for some four minutes, once a week.
    for id_ in paging:
        alarm = alarms[id_]["Properties"]
        if alarm["TreatMissingData"] == "breaching":
            assert alarm["Period"] * alarm["EvaluationPeriods"] == 600


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
        if "ends" in name:
            assert dimension == {"Name": "RuleName", "Value": name}
        else:
            assert dimension == {"Name": "AutoScalingGroupName", "Value": f"{name[:5]}-test"}
        assert alarm["AlarmActions"] == alarm["OKActions"] == topic
        # Without an instance, or a way out of it, there is no data, and that is the worst case.
        quiet = "credits" in name or "ends" in name
        assert alarm["TreatMissingData"] == ("notBreaching" if quiet else "breaching")


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
    for template in stage.foundation.properties("AWS::EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        assert data["IamInstanceProfile"] == {"Arn": {"Fn::GetAtt": [profile, "Arn"]}}
    assert large.foundation.one("AWS::CloudWatch::Alarm", MetricName="DroppedPackets")["Threshold"] == 5


def _app_route_targets(foundation: Template) -> set[str]:
    routes = foundation.properties("AWS::EC2::Route")
    return {route["NetworkInterfaceId"]["Ref"] for route in routes if "NetworkInterfaceId" in route}
