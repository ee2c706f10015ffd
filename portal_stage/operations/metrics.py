"""What is measured, tier by tier: the same metrics ring in the alarms and show on the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from aws_cdk import aws_route53 as route53

from portal_stage.metric import ELB, FIVE_MINUTES, MINUTE, math, metric

# DynamoDB counts by operation, and what is written in a transaction under this one; IAM knows only its parts.
_TRANSACTION = "TransactWriteItems"


@dataclass(frozen=True, kw_only=True)
class WebAcl:
    """A web ACL by the metric name of its visibility configuration; the regional kind says where it is."""

    metric_name: str
    region: str | None = None

    def blocked(self, label: str | None = None) -> cloudwatch.Metric:
        where = {"Region": self.region} if self.region else {}
        dimensions = {"WebACL": self.metric_name, "Rule": "ALL", **where}
        return metric("AWS/WAFV2", "BlockedRequests", dimensions, "Sum", period=FIVE_MINUTES, label=label)


def _healthy(health_check: route53.CfnHealthCheck) -> cloudwatch.Metric:
    dimensions = {"HealthCheckId": health_check.attr_health_check_id}
    return metric("AWS/Route53", "HealthCheckStatus", dimensions, "Minimum")


@dataclass(frozen=True, kw_only=True)
class Edge:
    """CloudFront, its web ACL, the certificate, and the health check that decides about failover."""

    distribution: cloudfront.IDistribution
    web_acl: WebAcl
    certificate: acm.ICertificate
    health_check: route53.CfnHealthCheck

    def cdn(self, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
        dimensions = {"DistributionId": self.distribution.distribution_id, "Region": "Global"}
        return metric("AWS/CloudFront", name, dimensions, statistic, label=label)

    def healthy(self) -> cloudwatch.Metric:
        return _healthy(self.health_check)

    def days_left(self) -> cloudwatch.Metric:
        dimensions = {"CertificateArn": self.certificate.certificate_arn}
        return metric(
            "AWS/CertificateManager", "DaysToExpiry", dimensions, "Minimum", period=cdk.Duration.days(1)
        )


@dataclass(frozen=True, kw_only=True)
class Api:
    """The partners' API and its web ACL; `throttled` counts the answers 429 in its access log."""

    stage: apigateway.Stage
    web_acl: WebAcl
    throttled: cloudwatch.Metric
    health_check: route53.CfnHealthCheck

    def healthy(self) -> cloudwatch.Metric:
        return _healthy(self.health_check)

    def of(self, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
        dimensions = {"ApiName": self.stage.rest_api.rest_api_name, "Stage": self.stage.stage_name}
        return metric("AWS/ApiGateway", name, dimensions, statistic, label=label)


@dataclass(frozen=True, kw_only=True)
class Service:
    """One container service, and its targets behind the balancer."""

    kind: str
    service: ecs.FargateService
    targets: elb.ApplicationTargetGroup
    alb: elb.ApplicationLoadBalancer

    def used(self, name: str, label: str | None = None) -> cloudwatch.Metric:
        return metric("AWS/ECS", name, self._dimensions, "Average", label=label)

    def tasks(self, name: str, label: str | None = None) -> cloudwatch.Metric:
        return metric("ECS/ContainerInsights", name, self._dimensions, "Average", label=label)

    def hosts(self, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
        dimensions = {
            "LoadBalancer": self.alb.load_balancer_full_name,
            "TargetGroup": self.targets.target_group_full_name,
        }
        return metric(ELB, name, dimensions, statistic, label=label)

    @property
    def _dimensions(self) -> dict[str, str]:
        return {"ClusterName": self.service.cluster.cluster_name, "ServiceName": self.service.service_name}


@dataclass(frozen=True, kw_only=True)
class Balancer:
    """The load balancer as a whole."""

    alb: elb.ApplicationLoadBalancer

    def of(self, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
        dimensions = {"LoadBalancer": self.alb.load_balancer_full_name}
        return metric(ELB, name, dimensions, statistic, label=label)


@dataclass(frozen=True, kw_only=True)
class Database:
    """Aurora; with `serverless` its capacity too."""

    cluster: rds.IDatabaseCluster
    serverless: bool

    def of(
        self,
        name: str,
        statistic: str,
        *,
        role: str | None = None,
        period: cdk.Duration = MINUTE,
        label: str | None = None,
    ) -> cloudwatch.Metric:
        """Of the whole cluster, or of its instances of a role, WRITER or READER."""
        dimensions = {"DBClusterIdentifier": self.cluster.cluster_identifier}
        if role:
            dimensions["Role"] = role
        return metric("AWS/RDS", name, dimensions, statistic, period=period, label=label)

    def load(self) -> list[cloudwatch.Metric]:
        """Sessions at work at a time, per instance."""
        return [
            metric("AWS/RDS", "DBLoad", {"DBInstanceIdentifier": instance}, "Average", label=label)
            for label, instance in zip(
                ("writer", "reader 1", "reader 2"), self.cluster.instance_identifiers, strict=True
            )
        ]


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """The session tables, each with the operations that the backend may use."""

    tables: Sequence[tuple[dynamodb.ITableV2, Sequence[str]]]

    def total(self, name: str, *, label: str) -> cloudwatch.MathExpression:
        """The sum over tables and operations: `SUM(METRICS())` takes an absent one for none."""
        parts = {
            f"t{number}{operation}": metric(
                "AWS/DynamoDB", name, {"TableName": table.table_name, "Operation": operation}, "Sum"
            )
            for number, (table, operations) in enumerate(self.tables)
            for operation in (*operations, _TRANSACTION)
        }
        return math("SUM(METRICS())", parts, label=label)

    def consumed(self, name: str) -> list[cloudwatch.Metric]:
        kind = name.removeprefix("Consumed").removesuffix("CapacityUnits").lower()
        return [
            metric("AWS/DynamoDB", name, {"TableName": table.table_name}, "Sum", label=f"{kind} {title}")
            for title, (table, _) in zip(("sessions", "events"), self.tables, strict=True)
        ]


def errors_of(function: lambda_.IFunction) -> cloudwatch.Metric:
    """How often a function fails, in five minutes."""
    dimensions = {"FunctionName": function.function_name}
    return metric("AWS/Lambda", "Errors", dimensions, "Sum", period=FIVE_MINUTES)
