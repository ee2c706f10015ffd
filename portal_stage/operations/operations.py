"""What watches the portal: alarms, the two pages, the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.names import Names
from portal_stage.operations import table
from portal_stage.operations.alarms import Alarms
from portal_stage.operations.config import AlarmConfig
from portal_stage.operations.dashboard import Dashboard
from portal_stage.operations.deployments import FailedDeployments
from portal_stage.operations.metrics import (
    FIVE_MINUTES,
    Api,
    Balancer,
    Database,
    Edge,
    Nat,
    Service,
    Sessions,
    WebAcl,
    metric,
)

_NAMESPACE = "CustomerPortal"


class Operations(Construct):
    """Rings before customers call, and shows where to look."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        config: AlarmConfig,
        topic: sns.ITopic,
        key: kms.IKey,
        log_days: int,
        edge: Edge,
        api_stage: apigateway.Stage,
        api_acl: WebAcl,
        api_access_logs: logs.ILogGroup,
        balancer: Balancer,
        services: Sequence[Service],
        database: Database,
        sessions: Sessions,
        nat: Nat,
        probe: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, id_)
        # Origin latency and cache hits are only published for a distribution that subscribes to them.
        cloudfront.CfnMonitoringSubscription(
            self,
            "CdnMetrics",
            distribution_id=edge.distribution.distribution_id,
            monitoring_subscription=cloudfront.CfnMonitoringSubscription.MonitoringSubscriptionProperty(
                realtime_metrics_subscription_config=cloudfront.CfnMonitoringSubscription.RealtimeMetricsSubscriptionConfigProperty(
                    realtime_metrics_subscription_status="Enabled"
                )
            ),
        )
        throttled = names("throttled-requests")
        # The API has no metric of its own for what it turns away: its access log tells.
        logs.MetricFilter(
            self,
            "Throttled",
            filter_name=throttled,
            log_group=api_access_logs,
            filter_pattern=logs.FilterPattern.string_value("$.status", "=", "429"),
            metric_namespace=_NAMESPACE,
            metric_name=throttled,
            metric_value="1",
            default_value=0,
        )
        api = Api(
            stage=api_stage,
            web_acl=api_acl,
            throttled=metric(_NAMESPACE, throttled, {}, "Sum", period=FIVE_MINUTES),
        )
        deployments = FailedDeployments(
            self,
            "FailedDeployments",
            names=names,
            services=[service.service.service_arn for service in services],
            key=key,
            log_days=log_days,
        )
        probe_errors = metric(
            "AWS/Lambda", "Errors", {"FunctionName": probe.function_name}, "Sum", period=FIVE_MINUTES
        )
        self.alarms = Alarms(
            self,
            "Alarms",
            names=names,
            topic=topic,
            rows=[
                *table.edge_rows(edge, config),
                *table.api_rows(api, config),
                *table.balancer_rows(balancer, config),
                *(row for service in services for row in table.service_rows(service, config)),
                *table.database_rows(database, config),
                *table.session_rows(sessions),
                *table.change_rows(deployments.metric, probe_errors),
            ],
        )
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            names=names,
            pages=[self.alarms.unavailable, self.alarms.degraded],
            edge=edge,
            api=api,
            balancer=balancer,
            services=services,
            database=database,
            sessions=sessions,
            nat=nat,
        )
