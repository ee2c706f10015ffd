"""Alarms and dashboards as CloudFormation declares them, seen through CloudWatch's API."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud.conformance import check_stack
from rehearsal.cloud.stacks import DeploymentFailed

from .conftest import stack_name

ACCOUNT = "111111111111"
Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def an_alarm(name: str, **properties: Any) -> dict[str, Any]:
    declared = {
        "AlarmName": name,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 3,
        "Threshold": 1,
        "TreatMissingData": "breaching",
        **properties,
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": declared}


def of_one_metric(name: str, **properties: Any) -> dict[str, Any]:
    return an_alarm(name, Namespace="Tests", MetricName="Requests", Period=60, **properties)


def of_several_metrics(name: str, **properties: Any) -> dict[str, Any]:
    def measured(metric: str) -> dict[str, Any]:
        metric_of_shop = {
            "Namespace": "Tests",
            "MetricName": metric,
            "Dimensions": [{"Name": "Shop", "Value": "one"}],
        }
        stat = {"Metric": metric_of_shop, "Period": "60", "Stat": "Sum"}
        return {"Id": metric.lower(), "MetricStat": stat, "ReturnData": "false"}

    metrics = [{"Id": "share", "Expression": "errors / requests", "Label": "share", "ReturnData": True}]
    return an_alarm(name, Metrics=[*metrics, measured("Errors"), measured("Requests")], **properties)


def test_an_alarm_over_several_metrics_is_described_as_it_was_declared(
    deploy: Deploy, client: Client, request: pytest.FixtureRequest
) -> None:
    deploy({"Alarm": of_several_metrics("share-of-errors")})
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=["share-of-errors"])["MetricAlarms"]
    share, errors, _ = found["Metrics"]
    assert (share["Expression"], share["ReturnData"], errors["ReturnData"]) == (
        "errors / requests",
        True,
        False,
    )
    assert errors["MetricStat"]["Period"] == 60
    assert not {"MetricName", "Namespace", "Statistic", "Period"} & found.keys()
    report = check_stack(stack_name(request), account=ACCOUNT)
    assert report.findings == []


def test_an_alarm_over_several_metrics_changes_in_place_and_keeps_its_state(
    deploy: Deploy, client: Client
) -> None:
    cloudwatch = client("cloudwatch")
    deploy({"Alarm": of_several_metrics("changing")})
    cloudwatch.set_alarm_state(AlarmName="changing", StateValue="ALARM", StateReason="the test says so")
    deploy({"Alarm": of_several_metrics("changing", Threshold=5)})
    (found,) = cloudwatch.describe_alarms(AlarmNames=["changing"])["MetricAlarms"]
    assert (found["Threshold"], found["StateValue"]) == (5, "ALARM")


def test_a_percentile_is_not_an_average_too(deploy: Deploy, client: Client) -> None:
    deploy({"Alarm": of_one_metric("slow", ExtendedStatistic="p95")})
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=["slow"])["MetricAlarms"]
    assert found["ExtendedStatistic"] == "p95"
    assert "Statistic" not in found


def test_a_page_rings_with_an_alarm_over_several_metrics(deploy: Deploy, client: Client) -> None:
    page = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {
            "AlarmName": "page",
            "AlarmRule": {"Fn::Sub": 'ALARM("${One.Arn}") OR ALARM("${Several.Arn}")'},
        },
    }
    deploy({"One": of_one_metric("one"), "Several": of_several_metrics("several"), "Page": page})
    cloudwatch = client("cloudwatch")

    def state() -> str:
        found = cloudwatch.describe_alarms(AlarmNames=["page"], AlarmTypes=["CompositeAlarm"])
        return str(found["CompositeAlarms"][0]["StateValue"])

    assert state() == "OK"
    cloudwatch.set_alarm_state(AlarmName="several", StateValue="ALARM", StateReason="the test says so")
    assert state() == "ALARM"


def test_an_alarm_without_a_threshold_is_still_refused(deploy: Deploy) -> None:
    alarm = of_several_metrics("no-threshold")
    del alarm["Properties"]["Threshold"]
    with pytest.raises(DeploymentFailed, match="Threshold is required"):
        deploy({"Alarm": alarm})


def test_a_dashboard_a_rule_and_a_metric_filter_are_compared_too(
    deploy: Deploy, request: pytest.FixtureRequest
) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/events", "RetentionInDays": 7}}
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/events"
    pattern = {"source": ["aws.ecs"], "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}}
    transformation = {"MetricName": "m", "MetricNamespace": "Tests", "MetricValue": "1", "DefaultValue": 0}
    resources = {
        "Group": group,
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardName": "page", "DashboardBody": json.dumps({"widgets": []})},
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "failed",
                "EventPattern": pattern,
                "Targets": [{"Id": "logs", "Arn": arn}],
            },
        },
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterName": "refused",
                "FilterPattern": '{ $.status = "429" }',
                "MetricTransformations": [transformation],
            },
        },
    }
    deploy(resources)
    report = check_stack(stack_name(request), account=ACCOUNT)
    assert report.findings == []
    compared = {"AWS::CloudWatch::Dashboard", "AWS::Events::Rule", "AWS::Logs::MetricFilter"}
    assert not compared & report.not_compared.keys()
