"""What watches the portal: alarms, the two pages, the dashboard."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.data.stack import DataStack
from portal_stage.foundation.stack import FoundationStack
from portal_stage.metric import FIVE_MINUTES, metric
from portal_stage.names import Names
from portal_stage.operations import metrics, table
from portal_stage.operations.alarms import Alarms
from portal_stage.operations.dashboard import Dashboard
from portal_stage.operations.deployments import FailedDeployments
from portal_stage.portal.api import Api
from portal_stage.portal.cdn import Cdn
from portal_stage.portal.containers import Containers
from portal_stage.portal.domain import Domain
from portal_stage.portal.firewall import Firewall
from portal_stage.portal.load_balancer import LoadBalancer
from portal_stage.portal.probe import Probe

_NAMESPACE = "CustomerPortal"


class Operations(Construct):
    """Rings before customers call, and shows where to look."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        foundation: FoundationStack,
        data: DataStack,
        domain: Domain,
        cdn: Cdn,
        cdn_firewall: Firewall,
        api: Api,
        api_firewall: Firewall,
        load_balancer: LoadBalancer,
        containers: Containers,
        probe: Probe,
    ) -> None:
        super().__init__(scope, id_)
        names, config = environment.names, environment.alarms
        self._publish_more_metrics_of(cdn)
        at_the_edge = metrics.Edge(
            distribution=cdn.distribution,
            web_acl=cdn_firewall.metrics,
            certificate=domain.certificate,
            health_check=domain.portal_health,
        )
        of_the_api = metrics.Api(
            stage=api.stage,
            web_acl=api_firewall.metrics,
            throttled=self._throttled(api, names),
            health_check=domain.api_health,
        )
        balancer = metrics.Balancer(alb=load_balancer.alb)
        services = [
            metrics.Service(kind=kind, service=tier.service, targets=targets, alb=load_balancer.alb)
            for kind, tier, targets in (
                ("frontend", containers.frontend, load_balancer.frontend_targets),
                ("backend", containers.backend, load_balancer.backend_targets),
            )
        ]
        database = metrics.Database(
            cluster=data.aurora.cluster, serverless=environment.database.instance_type is None
        )
        sessions = metrics.Sessions(tables=data.sessions.operations)
        deployments = FailedDeployments(
            self,
            "FailedDeployments",
            names=names,
            services=[service.service.service_arn for service in services],
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.alarms = Alarms(
            self,
            "Alarms",
            names=names,
            topic=foundation.alarm_topic,
            rows=[
                *table.edge_rows(at_the_edge, config),
                *table.api_rows(of_the_api, config),
                *table.balancer_rows(balancer, config),
                *(row for service in services for row in table.service_rows(service, config)),
                *table.database_rows(database, config),
                *table.session_rows(sessions),
                *table.change_rows(deployments.metric, metrics.errors_of(probe.function)),
            ],
            degrading=[foundation.nat_alarms.page],
        )
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            names=names,
            pages=[self.alarms.unavailable, self.alarms.degraded],
            edge=at_the_edge,
            api=of_the_api,
            balancer=balancer,
            services=services,
            database=database,
            sessions=sessions,
            nat=foundation.nat_metrics,
        )

    def _publish_more_metrics_of(self, cdn: Cdn) -> None:
        """Origin latency and cache hits are only published for a distribution that subscribes to them."""
        subscription = cloudfront.CfnMonitoringSubscription
        subscription(
            self,
            "CdnMetrics",
            distribution_id=cdn.distribution.distribution_id,
            monitoring_subscription=subscription.MonitoringSubscriptionProperty(
                realtime_metrics_subscription_config=subscription.RealtimeMetricsSubscriptionConfigProperty(
                    realtime_metrics_subscription_status="Enabled"
                )
            ),
        )

    def _throttled(self, api: Api, names: Names) -> cloudwatch.Metric:
        """The API has no metric of its own for what it turns away: its access log tells."""
        name = names("throttled-requests")
        logs.MetricFilter(
            self,
            "Throttled",
            filter_name=name,
            log_group=api.access_logs,
            filter_pattern=logs.FilterPattern.string_value("$.status", "=", "429"),
            metric_namespace=_NAMESPACE,
            metric_name=name,
            metric_value="1",
            default_value=0,
        )
        return metric(_NAMESPACE, name, {}, "Sum", period=FIVE_MINUTES)
