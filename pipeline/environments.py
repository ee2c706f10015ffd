"""The one file to edit: every environment side by side, in the order of delivery, and where the pipeline lives."""

from __future__ import annotations

from pipeline.config import Tools, check_together
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
from portal_stage.errors import collecting_errors
from portal_stage.operations.config import AlarmConfig

# An account for each is the rule; the same twelve digits here and there put several, or all, into one account.
with collecting_errors() as errors:
    TOOLS = Tools(
        account="444444444444",
        connection_arn="arn:aws:codeconnections:us-east-1:444444444444:connection/5b8a4c1e-9d2f-4e7a-8c36-0f1d2e3a4b5c",
        repository="bank/customer-portal",
        branch="main",
        owner="portal-team",
        cost_center="cc-4711",
    )

    DEV = Environment(
        suffix="dev",
        account="111111111111",
        production=False,
        zone=HostedZone(id="Z0DEV0123456789ABCDE", name="dev.bank.example"),
        owner="portal-team",
        cost_center="cc-4711",
        log_days=7,
        network=NetworkConfig(cidr="10.20.0.0/16", nat_instances=1),
        # Some nights before prod, whose is Sunday's: what AWS changes is seen here first.
        database=DatabaseConfig(min_capacity=0.5, max_capacity=2, maintenance_window="wed:06:00-wed:06:30"),
        frontend=ServiceConfig(health_path="/healthz", spot=True, on_demand_base=1),
        backend=ServiceConfig(health_path="/api/health", spot=True, on_demand_base=1),
        api=ApiConfig(
            mobile=UsagePlanConfig(rate_limit=20, burst_limit=40, daily_quota=50_000),
            partner=UsagePlanConfig(rate_limit=20, burst_limit=40, daily_quota=50_000),
            stage_rate_limit=60,
            stage_burst_limit=120,
        ),
    )

    STAGING = Environment(
        suffix="staging",
        account="222222222222",
        production=False,
        zone=HostedZone(id="Z0STAGING456789ABCDE", name="staging.bank.example"),
        owner="portal-team",
        cost_center="cc-4711",
        log_days=7,
        network=NetworkConfig(cidr="10.21.0.0/16", nat_instances=1),
        database=DatabaseConfig(min_capacity=0.5, max_capacity=4, maintenance_window="thu:06:00-thu:06:30"),
        alarms=AlarmConfig(connections=700),
        frontend=ServiceConfig(health_path="/healthz", spot=True, on_demand_base=1),
        backend=ServiceConfig(health_path="/api/health", spot=True, on_demand_base=1),
        api=ApiConfig(
            mobile=UsagePlanConfig(rate_limit=50, burst_limit=100, daily_quota=100_000),
            partner=UsagePlanConfig(rate_limit=50, burst_limit=100, daily_quota=100_000),
            stage_rate_limit=150,
            stage_burst_limit=300,
        ),
    )

    PROD = Environment(
        suffix="prod",
        account="333333333333",
        production=True,
        zone=HostedZone(id="Z0PROD0123456789ABCD", name="bank.example"),
        owner="portal-team",
        cost_center="cc-4711",
        log_days=14,
        network=NetworkConfig(cidr="10.22.0.0/16", nat_instances=3, interface_endpoints=True),
        database=DatabaseConfig(instance_type="r8g.large"),
        alarms=AlarmConfig(latency_ms=1_000, connections=1_500, storage_gib=500),
        frontend=ServiceConfig(
            health_path="/healthz",
            cpu=512,
            memory=1024,
            tasks=3,
            spot=True,
            on_demand_base=2,
            max_tasks=12,
        ),
        backend=ServiceConfig(health_path="/api/health", cpu=512, memory=1024, tasks=3, max_tasks=12),
        api=ApiConfig(
            mobile=UsagePlanConfig(rate_limit=200, burst_limit=400, daily_quota=1_000_000),
            partner=UsagePlanConfig(rate_limit=100, burst_limit=200, daily_quota=500_000),
            stage_rate_limit=500,
            stage_burst_limit=1_000,
        ),
        firewall=FirewallConfig(api_requests_per_address=90_000, api_requests_per_key=72_000),
    )

    ENVIRONMENTS = (DEV, STAGING, PROD)
    check_together(errors, ENVIRONMENTS)
