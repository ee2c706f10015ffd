"""The alarms as one table: what is measured, where it rings, for how many periods, what silence means."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from portal_stage.metric import HOUR, math
from portal_stage.operations.alarms import ABOVE, AS_BEFORE, BAD, BELOW, GOOD, Row, Severity
from portal_stage.operations.config import AlarmConfig
from portal_stage.operations.metrics import Api, Balancer, Database, Edge, Service, Sessions

_DOWN, _SLOW, _NOTE = Severity.UNAVAILABLE, Severity.DEGRADED, Severity.NOTICE
_GIB = 1024**3
_SECONDS = 60


def edge_rows(edge: Edge, config: AlarmConfig) -> list[Row]:
    """CloudFront, its web ACL, the health check that decides about failover, the certificate."""
    errors = _share(
        "rate",
        {"rate": edge.cdn("5xxErrorRate", "Average"), "requests": edge.cdn("Requests", "Sum")},
        config,
    )
    latency, blocked = edge.cdn("OriginLatency", "p95"), edge.web_acl.blocked()
    healthy, days = edge.healthy(), edge.days_left()
    return [
        Row("cdn-errors", _DOWN, errors, ABOVE, config.error_percent, 3, GOOD, "CloudFront answers 5xx"),
        Row("cdn-latency", _SLOW, latency, ABOVE, config.latency_ms, 5, GOOD, "CloudFront waits for origins"),
        Row("cdn-blocked", _NOTE, blocked, ABOVE, config.blocked_requests, 1, GOOD, "A surge is blocked"),
        Row("portal-health", _DOWN, healthy, BELOW, 1, 2, BAD, "The health check has the name fail over"),
        Row("certificate", _NOTE, days, BELOW, config.certificate_days, 1, AS_BEFORE, "ACM did not renew it"),
    ]


def api_rows(api: Api, config: AlarmConfig) -> list[Row]:
    """What partners get, and what is kept from them."""
    requests = api.of("Count", "Sum")
    errors = _share("rate", {"rate": api.of("5XXError", "Average"), "requests": requests}, config)
    client_errors = _share("rate", {"rate": api.of("4XXError", "Average"), "requests": requests}, config)
    latency, blocked = api.of("Latency", "p95"), api.web_acl.blocked()
    throttles, blocks = config.throttled_requests, config.blocked_requests
    # API Gateway tells its rates as shares of one.
    wrong, refused = config.error_percent / 100, config.client_error_percent / 100
    return [
        Row("api-health", _DOWN, api.healthy(), BELOW, 1, 2, BAD, "Nobody reaches the API by its name"),
        Row("api-errors", _DOWN, errors, ABOVE, wrong, 3, GOOD, "The API answers 5xx"),
        Row("api-client-errors", _NOTE, client_errors, ABOVE, refused, 5, GOOD, "The API answers many 4xx"),
        Row("api-latency", _SLOW, latency, ABOVE, config.latency_ms, 5, GOOD, "The API is slow"),
        Row("api-throttles", _NOTE, api.throttled, ABOVE, throttles, 1, GOOD, "A plan or quota is used up"),
        Row("api-blocked", _NOTE, blocked, ABOVE, blocks, 1, GOOD, "A surge is blocked"),
    ]


def balancer_rows(balancer: Balancer, config: AlarmConfig) -> list[Row]:
    """The containers as the balancer sees them together."""
    # RequestCount leaves out what found no target, which is what 503 counts: it is added by hand
    # (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
    asked = "FILL(requests, 0) + FILL(nobody, 0)"
    errors = _share(
        f"100 * (FILL(targets, 0) + FILL(gateway, 0) + FILL(nobody, 0) + FILL(late, 0)) / ({asked})",
        {
            "targets": balancer.of("HTTPCode_Target_5XX_Count", "Sum"),
            "gateway": balancer.of("HTTPCode_ELB_502_Count", "Sum"),
            "nobody": balancer.of("HTTPCode_ELB_503_Count", "Sum"),
            "late": balancer.of("HTTPCode_ELB_504_Count", "Sum"),
            "requests": balancer.of("RequestCount", "Sum"),
        },
        config,
        requests=asked,
    )
    seconds, latency = balancer.of("TargetResponseTime", "p95"), config.latency_ms / 1000
    return [
        Row(
            "alb-errors",
            _SLOW,
            errors,
            ABOVE,
            config.error_percent,
            3,
            GOOD,
            "The containers answer 5xx, or do not answer",
        ),
        Row("alb-latency", _SLOW, seconds, ABOVE, latency, 5, GOOD, "The containers are slow"),
    ]


def service_rows(service: Service, config: AlarmConfig) -> list[Row]:
    """One service: healthy targets, CPU, memory, tasks."""
    kind = service.kind
    healthy, unhealthy = (
        service.hosts("HealthyHostCount", "Minimum"),
        service.hosts("UnHealthyHostCount", "Maximum"),
    )
    cpu, memory = service.used("CPUUtilization"), service.used("MemoryUtilization")
    missing = math(
        "desired - running",
        {"desired": service.tasks("DesiredTaskCount"), "running": service.tasks("RunningTaskCount")},
        label="missing tasks",
    )
    return [
        Row(f"{kind}-serving", _DOWN, healthy, BELOW, 1, 2, BAD, f"No task of the {kind} is healthy"),
        Row(f"{kind}-hosts", _SLOW, unhealthy, ABOVE, 0, 3, GOOD, f"A task of the {kind} is not healthy"),
        Row(f"{kind}-cpu", _SLOW, cpu, ABOVE, config.cpu_percent, 5, GOOD, "Its tasks lack CPU"),
        Row(f"{kind}-memory", _SLOW, memory, ABOVE, config.memory_percent, 5, GOOD, "Its tasks lack memory"),
        Row(f"{kind}-tasks", _SLOW, missing, ABOVE, 0, 10, BAD, "It lacks tasks"),
    ]


def database_rows(database: Database, config: AlarmConfig) -> list[Row]:
    """Aurora; its capacity only where it is Serverless v2."""
    cpu = database.of("CPUUtilization", "Average", role="WRITER")
    capacity = database.of("ACUUtilization", "Maximum")
    connections = database.of("DatabaseConnections", "Maximum")
    lag = database.of("AuroraReplicaLagMaximum", "Maximum")
    deadlocks = database.of("Deadlocks", "Maximum")
    volume = database.of("VolumeBytesUsed", "Maximum", period=HOUR)
    per_second, size = config.deadlocks / _SECONDS, config.storage_gib * _GIB
    rows = [
        Row("aurora-cpu", _SLOW, cpu, ABOVE, config.cpu_percent, 5, BAD, "The writer lacks CPU, or is gone"),
        Row("aurora-capacity", _SLOW, capacity, ABOVE, config.capacity_percent, 5, GOOD, "No ACU is left"),
        Row("aurora-connections", _SLOW, connections, ABOVE, config.connections, 3, GOOD, "Few are left"),
        Row("aurora-lag", _SLOW, lag, ABOVE, config.replica_lag_ms, 3, GOOD, "A reader is behind the writer"),
        Row("aurora-deadlocks", _NOTE, deadlocks, ABOVE, per_second, 3, GOOD, "They block each other"),
        Row("aurora-storage", _NOTE, volume, ABOVE, size, 1, AS_BEFORE, "The volume is larger than planned"),
    ]
    return [row for row in rows if database.serverless or row.metric is not capacity]


def session_rows(sessions: Sessions) -> list[Row]:
    """The session tables: on demand, so that any throttle or error tells something."""
    throttles = sessions.total("ThrottledRequests", label="throttled requests")
    errors = sessions.total("SystemErrors", label="errors of DynamoDB")
    return [
        Row("sessions-throttles", _SLOW, throttles, ABOVE, 0, 2, GOOD, "DynamoDB turns requests away"),
        Row("sessions-errors", _SLOW, errors, ABOVE, 0, 2, GOOD, "DynamoDB fails"),
    ]


def change_rows(failed_deployments: cloudwatch.Metric, probe_errors: cloudwatch.Metric) -> list[Row]:
    """What rings when a deployment goes wrong."""
    return [
        Row("deployments", _NOTE, failed_deployments, ABOVE, 0, 1, GOOD, "ECS rolled a deployment back"),
        Row("probe", _NOTE, probe_errors, ABOVE, 0, 1, GOOD, "The probe itself fails"),
    ]


def _share(
    share: str, metrics: dict[str, cloudwatch.IMetric], config: AlarmConfig, *, requests: str = "requests"
) -> cloudwatch.MathExpression:
    """A share of the requests: none while so few come that one failure would be many percent."""
    return math(f"IF({requests} >= {config.busy_requests}, {share}, 0)", metrics, label="share of requests")
