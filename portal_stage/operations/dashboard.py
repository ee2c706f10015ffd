"""The page that shows the portal: from what customers see down to the sessions and the way out."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from portal_stage.foundation.nat_metrics import NatMetrics
from portal_stage.metric import math
from portal_stage.names import Names
from portal_stage.operations.metrics import Api, Balancer, Database, Edge, Service, Sessions
from portal_stage.operations.widgets import graphs, states_and_figures


class Dashboard(Construct):
    """A row per tier; every widget says what it shows, and in which unit."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        pages: Sequence[cloudwatch.IAlarm],
        edge: Edge,
        api: Api,
        balancer: Balancer,
        services: Sequence[Service],
        database: Database,
        sessions: Sessions,
        nat: Sequence[NatMetrics],
    ) -> None:
        super().__init__(scope, id_)
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=names("portal-dashboard"),
            widgets=[
                _objectives(pages, edge, api),
                _edge(edge),
                _api(api),
                _containers(services, balancer),
                _aurora(database),
                _sessions_and_nat(sessions, nat),
            ],
        )


def _objectives(pages: Sequence[cloudwatch.IAlarm], edge: Edge, api: Api) -> list[cloudwatch.IWidget]:
    cdn = math("100 - rate", {"rate": edge.cdn("5xxErrorRate", "Average")}, label="portal")
    partners = math("100 * (1 - rate)", {"rate": api.of("5XXError", "Average")}, label="API")
    return states_and_figures(
        "Pages",
        pages,
        ("Portal availability", "percent", cdn),
        ("API availability", "percent", partners),
        ("API latency, 95th percentile", "ms", api.of("Latency", "p95", "p95")),
    )


def _edge(edge: Edge) -> list[cloudwatch.IWidget]:
    return graphs(
        ("CloudFront requests", "count", [edge.cdn("Requests", "Sum")]),
        (
            "CloudFront errors",
            "percent",
            [edge.cdn("4xxErrorRate", "Average"), edge.cdn("5xxErrorRate", "Average")],
        ),
        (
            "CloudFront origin latency",
            "ms",
            [edge.cdn("OriginLatency", statistic, statistic) for statistic in ("p50", "p95")],
        ),
        ("CloudFront cache hits", "percent", [edge.cdn("CacheHitRate", "Average")]),
        ("Blocked by the web ACL", "count", [edge.web_acl.blocked()]),
    )


def _api(api: Api) -> list[cloudwatch.IWidget]:
    return graphs(
        ("API requests", "count", [api.of("Count", "Sum")]),
        (
            "API latency",
            "ms",
            [
                api.of("Latency", "p50", "p50"),
                api.of("Latency", "p95", "p95"),
                api.of("IntegrationLatency", "p95", "integration p95"),
            ],
        ),
        ("API errors", "count", [api.of("4XXError", "Sum"), api.of("5XXError", "Sum")]),
        ("API throttled and blocked", "count", [api.throttled, api.web_acl.blocked("blocked")]),
    )


def _containers(services: Sequence[Service], balancer: Balancer) -> list[cloudwatch.IWidget]:
    tasks = [
        service.tasks(f"{state}TaskCount", f"{service.kind} {state.lower()}")
        for service in services
        for state in ("Desired", "Running")
    ]
    return graphs(
        ("ECS CPU", "percent", [service.used("CPUUtilization", service.kind) for service in services]),
        ("ECS memory", "percent", [service.used("MemoryUtilization", service.kind) for service in services]),
        ("ECS tasks", "count", tasks),
        ("Target response time", "seconds", [balancer.of("TargetResponseTime", "p95", "p95")]),
        (
            "Healthy targets",
            "count",
            [service.hosts("HealthyHostCount", "Minimum", service.kind) for service in services],
        ),
    )


def _aurora(database: Database) -> list[cloudwatch.IWidget]:
    capacity = (
        [("Aurora capacity", "ACU", [database.of("ServerlessDatabaseCapacity", "Average")])]
        if database.serverless
        else []
    )
    return graphs(
        (
            "Aurora connections",
            "count",
            [
                database.of("DatabaseConnections", "Maximum", role=role, label=role.lower())
                for role in ("WRITER", "READER")
            ],
        ),
        ("Aurora load", "sessions at work", database.load()),
        (
            "Aurora CPU",
            "percent",
            [
                database.of("CPUUtilization", "Average", role=role, label=role.lower())
                for role in ("WRITER", "READER")
            ],
        ),
        ("Aurora replica lag", "ms", [database.of("AuroraReplicaLagMaximum", "Maximum")]),
        *capacity,
    )


def _sessions_and_nat(sessions: Sessions, nat: Sequence[NatMetrics]) -> list[cloudwatch.IWidget]:
    return graphs(
        (
            "Sessions read and written",
            "capacity units",
            [
                *sessions.consumed("ConsumedReadCapacityUnits"),
                *sessions.consumed("ConsumedWriteCapacityUnits"),
            ],
        ),
        (
            "Sessions turned away",
            "count",
            [sessions.total("ThrottledRequests", label="throttled requests")],
        ),
        ("NAT traffic out", "bytes", [one.bytes_out().with_(label=one.group) for one in nat]),
        ("NAT surplus CPU credits", "credits", [one.surplus_credits().with_(label=one.group) for one in nat]),
        ("NAT dropped packets", "count", [one.dropped_packets().with_(label=one.group) for one in nat]),
    )
