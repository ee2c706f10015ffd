"""The alarms: what rings, whom it tells, and what pages."""

from __future__ import annotations

import re

import pytest

from tests.unit.templates import Stage, metrics_of

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
        alarm["AlarmName"]: {metric["MetricName"] for metric in metrics_of(alarm)}
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
