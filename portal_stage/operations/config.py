"""Where the alarms ring: the thresholds of one environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from portal_stage.errors import Checked
from portal_stage.rules import number, problem, whole

_PERCENT = ("error_percent", "client_error_percent", "cpu_percent", "memory_percent", "capacity_percent")
_COUNTS = (
    "busy_requests",
    "latency_ms",
    "throttled_requests",
    "blocked_requests",
    "connections",
    "replica_lag_ms",
    "deadlocks",
    "storage_gib",
    "certificate_days",
)


@dataclass(frozen=True, kw_only=True)
class AlarmConfig(Checked):
    """Thresholds; an alarm rings beyond them."""

    busy_requests: int = 20
    """Requests a minute below which a share of failed ones says nothing."""
    error_percent: float = 1
    """Answers 5xx, of all."""
    client_error_percent: float = 25
    """Answers 4xx of the API, of all."""
    latency_ms: int = 2000
    """95th percentile of the API, the balancer's targets and CloudFront's origins."""
    throttled_requests: int = 100
    """Answers 429 of the API in five minutes."""
    blocked_requests: int = 1000
    """Requests that a web ACL blocks in five minutes."""
    cpu_percent: float = 85
    """Of the tasks and of Aurora's writer."""
    memory_percent: float = 85
    """Of the tasks."""
    capacity_percent: float = 90
    """Of Aurora's largest Serverless v2 capacity."""
    connections: int = 350
    """To one Aurora instance; PostgreSQL admits about 110 for each GiB of memory, an ACU has two."""
    replica_lag_ms: int = 1000
    """Of the reader that is furthest behind."""
    deadlocks: int = 1
    """A minute."""
    storage_gib: int = 100
    """Of Aurora's volume, which grows by itself up to 128 TiB: what rings is the bill."""
    certificate_days: int = 30
    """Left to the certificate; ACM renews it 60 days before it ends."""

    def problems(self) -> Iterator[str]:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _PERCENT and not (number(value, 0, 100) and value > 0):
                yield problem(field.name, value, "use a share above 0 and up to 100", example=field.default)
            if field.name in _COUNTS and not whole(value, 1, 1_000_000):
                yield problem(field.name, value, "use 1 to 1000000", example=field.default)
