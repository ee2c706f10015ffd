"""Environments to test with: `an_environment(suffix="test")`, and any field replaced."""

from __future__ import annotations

from typing import Any

from portal_stage.config import (
    ApiConfig,
    DatabaseConfig,
    Environment,
    FirewallConfig,
    HostedZone,
    NetworkConfig,
    ServiceConfig,
    UsagePlanConfig,
)
from portal_stage.operations.config import AlarmConfig

PRIVATE_IMAGE = "222222222222.dkr.ecr.us-east-1.amazonaws.com/portal/backend:1.4.2"


def a_frontend(**fields: Any) -> ServiceConfig:
    return ServiceConfig(**{"health_path": "/healthz", **fields})


def a_backend(**fields: Any) -> ServiceConfig:
    return ServiceConfig(**{"health_path": "/api/health", **fields})


def an_environment(**fields: Any) -> Environment:
    defaults: dict[str, Any] = {
        "suffix": "test",
        "account": "111111111111",
        "production": False,
        "zone": HostedZone(id="Z0TEST", name="test.bank.example"),
        "owner": "portal-team",
        "cost_center": "cc-1",
        "network": NetworkConfig(cidr="10.20.0.0/16"),
        "database": DatabaseConfig(),
        "frontend": a_frontend(),
        "backend": a_backend(),
        "api": ApiConfig(),
    }
    return Environment(**{**defaults, **fields})


def a_large_environment() -> Environment:
    """What the plain one is not: production, provisioned, with Spot, one NAT instance and an image of its own."""
    return an_environment(
        suffix="large",
        production=True,
        log_days=7,
        network=NetworkConfig(
            cidr="10.21.0.0/19",
            nat_instances=1,
            nat_instance_type="c7gn.medium",
            nat_refresh_hour=None,
            nat_max_dropped_packets=5,
            interface_endpoints=True,
        ),
        database=DatabaseConfig(instance_type="r8g.large", migration=("/app/migrate", "--once")),
        alarms=AlarmConfig(
            busy_requests=21,
            error_percent=2,
            client_error_percent=30,
            latency_ms=900,
            throttled_requests=101,
            blocked_requests=1001,
            cpu_percent=81,
            memory_percent=82,
            connections=1500,
            replica_lag_ms=1100,
            deadlocks=3,
            storage_gib=200,
            certificate_days=31,
        ),
        frontend=a_frontend(tasks=3, spot=True, on_demand_base=2),
        backend=a_backend(image=PRIVATE_IMAGE, tls=False),
        api=ApiConfig(
            mobile=UsagePlanConfig(rate_limit=20, burst_limit=40, daily_quota=9_000),
            partner=UsagePlanConfig(keys=(2,)),
        ),
        firewall=FirewallConfig(
            cdn_requests_per_address=500,
            api_requests_per_address=30_000,
            api_requests_per_key=20_000,
            count=("sql-injection", "key-and-address", "common/SizeRestrictions_BODY"),
        ),
    )
