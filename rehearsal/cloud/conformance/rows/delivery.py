"""CodeBuild, alarms, dashboards and the other services around the pipeline and the portal."""

from ...types.row import Call, constant, given, identity
from ..readback import ReadBack, Source

ROWS = (
    ReadBack(
        type="AWS::CodeBuild::Project",
        service="codebuild",
        source=Source(call=Call("batch_get_projects", names=lambda o: [o.id]), path="projects[0]"),
    ),
    ReadBack(
        type="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        source=Source(call=Call("describe_alarms", AlarmNames=lambda o: [o.id]), path="MetricAlarms[0]"),
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::CloudWatch::CompositeAlarm",
        service="cloudwatch",
        source=Source(
            call=Call(
                "describe_alarms",
                AlarmNames=lambda o: [o.id],
                AlarmTypes=constant(["CompositeAlarm"]),
            ),
            path="CompositeAlarms[0]",
        ),
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::CloudWatch::Dashboard",
        service="cloudwatch",
        source=Source(call=Call("get_dashboard", DashboardName=identity), path="@"),
    ),
    ReadBack(
        type="AWS::CloudFront::MonitoringSubscription",
        service="cloudfront",
        source=Source(call=Call("get_monitoring_subscription", DistributionId=identity), path="@"),
        properties={
            "DistributionId": Source(call=Call("get_distribution", Id=identity), path="Distribution.Id")
        },
    ),
    ReadBack(
        type="AWS::Events::Rule",
        service="events",
        source=Source(call=Call("describe_rule", Name=given("Name")), path="@"),
        properties={
            "Targets": Source(call=Call("list_targets_by_rule", Rule=given("Name")), path="Targets"),
        },
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::Scheduler::Schedule",
        service="scheduler",
        source=Source(call=Call("get_schedule", Name=given("Name")), path="@"),
    ),
    ReadBack(
        type="AWS::Logs::MetricFilter",
        service="logs",
        source=Source(
            call=Call(
                "describe_metric_filters",
                logGroupName=given("LogGroupName"),
                filterNamePrefix=identity,
            ),
            path="metricFilters[0]",
        ),
    ),
)
