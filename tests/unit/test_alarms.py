"""The alarms: what rings, whom it tells, and what pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.templates import Stage

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
WATCHED = {
    "cdn-errors": ("5xxErrorRate", "Requests"),
    "cdn-latency": ("OriginLatency",),
    "cdn-blocked": ("BlockedRequests",),
    "portal-health": ("HealthCheckStatus",),
    "certificate": ("DaysToExpiry",),
    "api-errors": ("5XXError", "Count"),
    "api-client-errors": ("4XXError", "Count"),
    "api-latency": ("Latency",),
    "api-throttles": ("throttled-requests-test",),
    "api-blocked": ("BlockedRequests",),
    "alb-errors": ("HTTPCode_Target_5XX_Count", "RequestCount"),
    "alb-latency": ("TargetResponseTime",),
    "aurora-cpu": ("CPUUtilization",),
    "aurora-capacity": ("ACUUtilization",),
    "aurora-connections": ("DatabaseConnections",),
    "aurora-lag": ("AuroraReplicaLagMaximum",),
    "aurora-deadlocks": ("Deadlocks",),
    "aurora-storage": ("VolumeBytesUsed",),
    "sessions-throttles": ("ThrottledRequests",),
    "sessions-errors": ("SystemErrors",),
    "deployments": ("TriggeredRules",),
    "probe": ("Errors",),
} | {
    f"{kind}-{row}": metrics
    for kind in ("frontend", "backend")
    for row, metrics in {
        "serving": ("HealthyHostCount",),
        "rollback": ("HTTPCode_Target_5XX_Count",),
        "hosts": ("UnHealthyHostCount",),
        "cpu": ("CPUUtilization",),
        "memory": ("MemoryUtilization",),
        "tasks": ("DesiredTaskCount", "RunningTaskCount"),
    }.items()
}


def test_every_failure_that_a_customer_could_notice_has_an_alarm(stage: Stage) -> None:
    watched = {
        alarm["AlarmName"]: {metric["MetricName"] for metric in _metrics(alarm)}
        for alarm in stage.portal.properties(ALARM)
    }
    assert watched == {f"{name}-alarm-test": set(metrics) for name, metrics in WATCHED.items()}


def test_every_alarm_tells_the_environments_topic_when_it_rings_and_when_it_is_over(stage: Stage) -> None:
    for alarm in (*stage.portal.properties(ALARM), *stage.portal.properties(COMPOSITE)):
        (topic,) = alarm["AlarmActions"]
        assert topic["Fn::ImportValue"].startswith("foundation-test:ExportsOutputRefAlarmTopic")
        assert alarm["OKActions"] == [topic]
        assert alarm.get("ActionsEnabled", True) is True


def test_every_alarm_says_what_silence_means_and_what_it_is_about(stage: Stage) -> None:
    silent: dict[str, set[str]] = {}
    for alarm in stage.portal.properties(ALARM):
        silent.setdefault(alarm["TreatMissingData"], set()).add(
            alarm["AlarmName"].removesuffix("-alarm-test")
        )
        assert re.match(r"(unavailable|degraded|notice): [A-Z]", alarm["AlarmDescription"])
    assert silent.keys() == {"breaching", "notBreaching", "ignore"}
    # Whose silence is the failure itself.
    serving = {f"{kind}-{row}" for kind in ("frontend", "backend") for row in ("serving", "tasks")}
    assert silent["breaching"] == {"portal-health", "aurora-cpu", *serving}


def test_names_hold_no_token(stage: Stage) -> None:
    for alarm in (*stage.portal.properties(ALARM), *stage.portal.properties(COMPOSITE)):
        assert re.fullmatch(r"[a-z-]+-alarm-test", alarm["AlarmName"])


@pytest.mark.parametrize("severity", ["unavailable", "degraded"])
def test_a_page_rings_with_every_alarm_of_its_severity_and_with_no_other(stage: Stage, severity: str) -> None:
    page = stage.portal.one(COMPOSITE, AlarmName=f"{severity}-alarm-test")
    alarms = stage.portal.resources(ALARM)
    expected = {
        id_ for id_, alarm in alarms.items() if alarm["Properties"]["AlarmDescription"].startswith(severity)
    }
    rule = page["AlarmRule"]["Fn::Join"][1]
    assert {part["Fn::GetAtt"][0] for part in rule if isinstance(part, dict)} == expected
    words = "".join(part for part in rule if isinstance(part, str))
    assert words == "(" + " OR ".join(['ALARM("")'] * len(expected)) + ")"
    assert len(expected) >= 5


def test_two_alarms_page(stage: Stage) -> None:
    assert {page["AlarmName"] for page in stage.portal.properties(COMPOSITE)} == {
        "unavailable-alarm-test",
        "degraded-alarm-test",
    }


def test_customers_without_a_door_or_a_healthy_task_are_a_page_of_their_own(stage: Stage) -> None:
    down = {
        alarm["AlarmName"].removesuffix("-alarm-test")
        for alarm in stage.portal.properties(ALARM)
        if alarm["AlarmDescription"].startswith("unavailable")
    }
    assert down == {"cdn-errors", "api-errors", "portal-health", "frontend-serving", "backend-serving"}


def test_few_requests_are_no_share(stage: Stage) -> None:
    for name in ("cdn-errors", "api-errors", "api-client-errors", "alb-errors"):
        alarm = stage.portal.one(ALARM, AlarmName=f"{name}-alarm-test")
        (expression,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)
        assert expression.startswith("IF(requests >= 20, ")
        assert expression.endswith(", 0)")


def test_shares_latency_and_sizes_ring_in_the_unit_of_their_metric(stage: Stage) -> None:
    thresholds = {
        alarm["AlarmName"].removesuffix("-alarm-test"): alarm["Threshold"]
        for alarm in stage.portal.properties(ALARM)
    }
    # Percent at CloudFront, a share of one at API Gateway; ms at both, seconds at the balancer.
    assert (thresholds["cdn-errors"], thresholds["api-errors"], thresholds["alb-errors"]) == (1, 0.01, 1)
    assert (thresholds["cdn-latency"], thresholds["api-latency"], thresholds["alb-latency"]) == (
        2000,
        2000,
        2,
    )
    assert thresholds["aurora-storage"] == 100 * 1024**3
    assert thresholds["aurora-deadlocks"] == pytest.approx(1 / 60)


def test_thresholds_are_those_of_the_environment(large: Stage) -> None:
    latency = large.portal.one(ALARM, AlarmName="cdn-latency-alarm-large")
    connections = large.portal.one(ALARM, AlarmName="aurora-connections-alarm-large")
    assert (latency["Threshold"], connections["Threshold"]) == (900, 1500)


def test_a_provisioned_database_has_no_capacity_to_run_out_of(stage: Stage, large: Stage) -> None:
    names = {alarm["AlarmName"] for alarm in large.portal.properties(ALARM)}
    assert "aurora-capacity-alarm-large" not in names
    assert len(names) == len(stage.portal.properties(ALARM)) - 1


def test_every_metric_says_of_which_resource_it_is(stage: Stage) -> None:
    for alarm in stage.portal.properties(ALARM):
        for metric in _metrics(alarm):
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", [])}
            # A metric filter's metric has no dimension: its name carries the environment.
            assert dimensions or metric["MetricName"].endswith("-test")
            assert all(dimensions.values())


def test_the_sessions_alarms_watch_both_tables_and_every_operation_of_the_backend(stage: Stage) -> None:
    alarm = stage.portal.one(ALARM, AlarmName="sessions-throttles-alarm-test")
    seen = [
        {dimension["Name"]: json.dumps(dimension["Value"]) for dimension in metric["Dimensions"]}
        for metric in _metrics(alarm)
    ]
    assert len({entry["TableName"] for entry in seen}) == 2
    granted = {
        action.removeprefix("dynamodb:")
        for statement in stage.portal.statements("backend-task-test")
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if action.startswith("dynamodb:")
    }
    assert {json.loads(entry["Operation"]) for entry in seen} == granted
    # An alarm takes ten metrics.
    assert len(alarm["Metrics"]) <= 10


def test_web_acls_are_found_by_the_metric_names_that_they_carry(stage: Stage) -> None:
    scopes = {
        acl["VisibilityConfig"]["MetricName"]: acl["Scope"]
        for acl in stage.portal.properties("AWS::WAFv2::WebACL")
    }
    for name in ("cdn-blocked", "api-blocked"):
        alarm = stage.portal.one(ALARM, AlarmName=f"{name}-alarm-test")
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        regional = scopes[dimensions["WebACL"]] == "REGIONAL"
        assert dimensions.get("Region") == ("us-east-1" if regional else None)
        assert regional is (name == "api-blocked")


def test_origin_latency_is_published(stage: Stage) -> None:
    subscription = stage.portal.one("AWS::CloudFront::MonitoringSubscription")
    assert subscription["DistributionId"]["Ref"] in stage.portal.resources("AWS::CloudFront::Distribution")
    config = subscription["MonitoringSubscription"]["RealtimeMetricsSubscriptionConfig"]
    assert config == {"RealtimeMetricsSubscriptionStatus": "Enabled"}


def test_throttled_requests_are_counted_in_the_access_log_of_the_stage(stage: Stage) -> None:
    counted = stage.portal.one("AWS::Logs::MetricFilter")
    api = {"Ref": stage.portal.id_of("AWS::ApiGateway::RestApi", Name="api-test")}
    api_stage = stage.portal.one("AWS::ApiGateway::Stage", RestApiId=api)
    group = counted["LogGroupName"]["Ref"]
    assert group in json.dumps(api_stage["AccessLogSetting"]["DestinationArn"])
    assert counted["FilterPattern"] == '{ $.status = "429" }'
    assert json.loads(api_stage["AccessLogSetting"]["Format"])["status"] == "$context.status"
    (transformation,) = counted["MetricTransformations"]
    alarm = stage.portal.one(ALARM, AlarmName="api-throttles-alarm-test")
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        transformation["MetricNamespace"],
        transformation["MetricName"],
    )


def test_failed_deployments_of_both_services_reach_a_log_that_only_their_rule_writes(stage: Stage) -> None:
    rule = stage.portal.one("AWS::Events::Rule", Name="failed-deployments-test")
    assert {service["Ref"] for service in rule["EventPattern"]["resources"]} == set(
        stage.portal.resources("AWS::ECS::Service")
    )
    assert rule["EventPattern"]["detail"] == {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}
    policy = stage.portal.one("AWS::Logs::ResourcePolicy", PolicyName="failed-deployments-test")
    document = json.loads(
        "".join(
            part if isinstance(part, str) else part["Fn::GetAtt"][0]
            for part in policy["PolicyDocument"]["Fn::Join"][1]
        )
    )
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName="/aws/events/deployments-test")
    assert {statement["Resource"] for statement in document["Statement"]} == {group}
    (write,) = (entry for entry in document["Statement"] if entry["Action"] == "logs:PutLogEvents")
    assert write["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":rule/failed-deployments-test")
    assert group in json.dumps(rule["Targets"])


def _metrics(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "MetricName" in alarm:
        yield {name: alarm.get(name, []) for name in ("MetricName", "Namespace", "Dimensions")}
    for query in alarm.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]
