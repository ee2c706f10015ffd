"""The alarms: what rings, whom it tells, and what pages."""

from __future__ import annotations

import re

import pytest

from tests.unit.templates import Stage, metrics_of

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
# The balancer answers the last three itself, when a target does not.
ANSWERED_5XX = (
    "HTTPCode_Target_5XX_Count",
    "HTTPCode_ELB_502_Count",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
)
WATCHED = {
    "cdn-errors": ("5xxErrorRate", "Requests"),
    "cdn-latency": ("OriginLatency",),
    "cdn-blocked": ("BlockedRequests",),
    "portal-health": ("HealthCheckStatus",),
    "api-health": ("HealthCheckStatus",),
    "certificate": ("DaysToExpiry",),
    "api-errors": ("5XXError", "Count"),
    "api-client-errors": ("4XXError", "Count"),
    "api-latency": ("Latency",),
    "api-throttles": ("throttled-requests-test",),
    "api-blocked": ("BlockedRequests",),
    "alb-errors": (*ANSWERED_5XX, "RequestCount"),
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
        "rollback": (*ANSWERED_5XX, "UnHealthyHostCount"),
        "hosts": ("UnHealthyHostCount",),
        "cpu": ("CPUUtilization",),
        "memory": ("MemoryUtilization",),
        "tasks": ("DesiredTaskCount", "RunningTaskCount"),
    }.items()
}

ABOVE, BELOW, REACHED = "GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold"
# With the thresholds of the large environment, of which no two are alike; what is worked out has no statistic.
RINGS: dict[str, tuple[object, ...]] = {
    "cdn-errors": (ABOVE, 2),
    "cdn-latency": (ABOVE, 900, "p95"),
    "cdn-blocked": (ABOVE, 1001, "Sum"),
    "portal-health": (BELOW, 1, "Minimum"),
    "api-health": (BELOW, 1, "Minimum"),
    "certificate": (BELOW, 31, "Minimum"),
    "api-errors": (ABOVE, 0.02),
    "api-client-errors": (ABOVE, 0.3),
    "api-latency": (ABOVE, 900, "p95"),
    "api-throttles": (ABOVE, 101, "Sum"),
    "api-blocked": (ABOVE, 1001, "Sum"),
    "alb-errors": (ABOVE, 2),
    "alb-latency": (ABOVE, 0.9, "p95"),
    "aurora-cpu": (ABOVE, 81, "Average"),
    "aurora-connections": (ABOVE, 1500, "Maximum"),
    "aurora-lag": (ABOVE, 1100, "Maximum"),
    "aurora-deadlocks": (ABOVE, 3 / 60, "Maximum"),
    "aurora-storage": (ABOVE, 200 * 1024**3, "Maximum"),
    "sessions-throttles": (ABOVE, 0),
    "sessions-errors": (ABOVE, 0),
    "deployments": (ABOVE, 0, "Sum"),
    "probe": (ABOVE, 0, "Sum"),
} | {
    f"{kind}-{row}": ring
    for kind in ("frontend", "backend")
    for row, ring in {
        "serving": (BELOW, 1, "Minimum"),
        "rollback": (REACHED, 10),
        "hosts": (ABOVE, 0, "Maximum"),
        "cpu": (ABOVE, 81, "Average"),
        "memory": (ABOVE, 82, "Average"),
        "tasks": (ABOVE, 0),
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
    assert silent["breaching"] == {"portal-health", "api-health", "aurora-cpu", *serving}


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
    references = [part for part in rule if isinstance(part, dict)]
    assert {part["Fn::GetAtt"][0] for part in references if "Fn::GetAtt" in part} == expected
    # The network's own page, which is of the foundation.
    foreign = [part["Fn::ImportValue"] for part in references if "Fn::ImportValue" in part]
    assert ["NatAlarmsPage" in name for name in foreign] == [True] * (severity == "degraded")
    words = "".join(part for part in rule if isinstance(part, str))
    assert words == "(" + " OR ".join(['ALARM("")'] * len(references)) + ")"
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
    assert down == {
        "cdn-errors",
        "api-errors",
        "portal-health",
        "api-health",
        "frontend-serving",
        "backend-serving",
    }


def test_few_requests_are_no_share(stage: Stage) -> None:
    requests = dict.fromkeys(("cdn-errors", "api-errors", "api-client-errors"), "requests")
    # The balancer counts a request that found no target apart.
    requests["alb-errors"] = "FILL(requests, 0) + FILL(nobody, 0)"
    for name, counted in requests.items():
        alarm = stage.portal.one(ALARM, AlarmName=f"{name}-alarm-test")
        (expression,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)
        assert expression.startswith(f"IF({counted} >= 20, ")
        assert expression.endswith(", 0)")


def test_the_capacity_of_serverless_is_watched(stage: Stage) -> None:
    alarm = stage.portal.one(ALARM, AlarmName="aurora-capacity-alarm-test")
    assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["Statistic"]) == (ABOVE, 90, "Maximum")


def test_each_alarm_rings_beyond_the_environments_threshold_and_on_the_bad_side_of_it(large: Stage) -> None:
    rings = {
        alarm["AlarmName"].removesuffix("-alarm-large"): (
            alarm["ComparisonOperator"],
            alarm["Threshold"],
            alarm.get("Statistic", alarm.get("ExtendedStatistic")),
        )
        for alarm in large.portal.properties(ALARM)
    }
    assert rings == {name: (*ring, None)[:3] for name, ring in RINGS.items()}


def test_a_provisioned_database_has_no_capacity_to_run_out_of(stage: Stage, large: Stage) -> None:
    names = {alarm["AlarmName"] for alarm in large.portal.properties(ALARM)}
    assert "aurora-capacity-alarm-large" not in names
    assert len(names) == len(stage.portal.properties(ALARM)) - 1
