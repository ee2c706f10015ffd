"""What the alarms measure: whose metrics, and where those come from that AWS does not publish by itself."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.templates import Stage, actions, metrics_of

ALARM, TABLE = "AWS::CloudWatch::Alarm", "AWS::DynamoDB::GlobalTable"


def test_every_metric_says_of_which_resource_it_is(stage: Stage) -> None:
    for alarm in stage.portal.properties(ALARM):
        for metric in metrics_of(alarm):
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", [])}
            # A metric filter's metric has no dimension: its name carries the environment.
            assert dimensions or metric["MetricName"].endswith("-test")
            assert all(dimensions.values())


def test_the_sessions_alarms_watch_whatever_the_backend_may_do_with_each_table(stage: Stage) -> None:
    alarm = stage.portal.one(ALARM, AlarmName="sessions-throttles-alarm-test")
    seen = [
        {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        for metric in metrics_of(alarm)
    ]
    granted = {
        (table, action.removeprefix("dynamodb:"))
        for statement in stage.portal.statements("backend-task-test")
        for action in actions(statement)
        if action.startswith("dynamodb:")
        for table in _tables_in(stage, statement["Resource"])
    }
    # DynamoDB counts what is written in a transaction apart, for whichever action it was allowed.
    written = {(table, "TransactWriteItems") for table in stage.data.resources(TABLE)}
    watched = {(table, one["Operation"]) for one in seen for table in _tables_in(stage, one["TableName"])}
    assert watched == granted | written
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
    name = "/aws/events/deployments-test"
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName=name)
    document = stage.portal.one("AWS::Logs::LogGroup", LogGroupName=name)["ResourcePolicyDocument"]
    assert {statement["Resource"] for statement in document["Statement"]} == {
        f"arn:aws:logs:us-east-1:111111111111:log-group:{name}:*"
    }
    (write,) = (entry for entry in document["Statement"] if entry["Action"] == "logs:PutLogEvents")
    (source,) = write["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert source.endswith(":rule/failed-deployments-test")
    assert group in json.dumps(rule["Targets"])


def _tables_in(stage: Stage, reference: Any) -> set[str]:
    """The tables that a reference out of the data tier leads to."""
    names = json.dumps(reference)
    return {table for table in stage.data.resources(TABLE) if table in names}
