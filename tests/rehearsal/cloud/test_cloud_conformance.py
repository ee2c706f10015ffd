"""The comparison of templates with what the emulator answers."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud.conformance import check_stack
from rehearsal.cloud.conformance.comparing import differences

ACCOUNT = "111111111111"


@pytest.mark.parametrize(
    ("declared", "described"),
    [
        ({"Port": "443"}, {"port": 443, "other": 1}),
        ({"Enabled": True}, {"enabled": "true"}),
        ({"Enabled": False}, {}),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, {"tags": {"a": "b", "c": "d"}}),
        ([{"Key": "a", "Value": "b"}], [{"key": "c", "value": "d"}, {"key": "a", "value": "b"}]),
        (["GET", "HEAD"], {"Quantity": 2, "Items": ["HEAD", "GET"]}),
        ({"a": 1}, '{"a": 1}'),
        ("portal.bank.example.", "portal.bank.example"),
    ],
)
def test_the_same_said_otherwise_is_no_difference(declared: Any, described: Any) -> None:
    assert list(differences(declared, described)) == []


@pytest.mark.parametrize(
    ("declared", "described", "paths"),
    [
        ({"Port": 443}, {"Port": 80}, [".Port"]),
        ({"Rules": [{"Id": "a", "Days": 1}]}, {"Rules": [{"Id": "a"}]}, [".Rules[0].Days"]),
        (["GET", "POST"], ["GET"], ["[1]"]),
        ({"Enabled": True}, {}, [".Enabled"]),
        ({"Enabled": True}, None, [""]),
        ([{"Key": "a", "Value": "b"}], [], [""]),
    ],
)
def test_what_is_lost_or_changed_is_named_by_its_path(
    declared: Any, described: Any, paths: list[str]
) -> None:
    assert list(differences(declared, described)) == paths


def test_a_stack_is_compared_property_by_property(
    deploy: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    resources = {
        "Vpc": {
            "Type": "AWS::EC2::VPC",
            "Properties": {"CidrBlock": "10.8.0.0/16", "EnableDnsHostnames": True},
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "compared"}},
    }
    deploy(resources)
    name = request.node.name.replace("_", "-")
    report = check_stack(name, account=ACCOUNT)
    assert (report.compared, report.findings) == (2, [])
    assert dict(report.not_compared) == {"AWS::SNS::Topic": 1}

    from ministack.core.responses import request_scope
    from ministack.services import ec2

    with request_scope(ACCOUNT, "us-east-1"):
        for vpc in ec2._vpcs.values():
            vpc["CidrBlock"] = "10.0.0.0/8"
    [finding] = check_stack(name, account=ACCOUNT).findings
    assert str(finding) == f"{name}/Vpc (AWS::EC2::VPC): ignored CidrBlock"


def test_policies_of_log_groups_and_schedules_are_kept(
    deploy: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    group = "arn:aws:logs:us-east-1:111111111111:log-group:/kept:*"
    allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    statement = {**allowed, "Action": "logs:PutLogEvents", "Resource": group}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:autoscaling:startInstanceRefresh",
        "RoleArn": "arn:aws:iam::111111111111:role/refresh",
        "Input": '{"AutoScalingGroupName": "one"}',
    }
    deploy(
        {
            "Group": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"LogGroupName": "/kept", "ResourcePolicyDocument": policy},
            },
            "Schedule": {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {
                    "Name": "refresh",
                    "ScheduleExpression": "cron(0 8 ? * TUE *)",
                    "FlexibleTimeWindow": {"Mode": "OFF"},
                    "Target": target,
                },
            },
        }
    )
    report = check_stack(request.node.name.replace("_", "-"), account=ACCOUNT)
    assert (report.compared, report.findings, dict(report.not_compared)) == (6, [], {})
