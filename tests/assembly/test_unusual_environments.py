"""Every invariant holds whatever a bank writes into its environments file, as far as the rules admit it."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings

from pipeline import self_mutation
from pipeline.environments import DEV, PROD, TOOLS
from portal_stage.config import Environment
from tests.assembly import cloud_assembly
from tests.assembly.catalog import INVARIANTS
from tests.configurations import Values, build, environments, replaced
from tests.kernel import PipelineStack, new_app

SMALLEST = {
    "suffix": "xx",
    "network.cidr": "192.168.32.0/19",
    "network.nat_instances": 1,
    "database.min_capacity": 0.5,
    "database.max_capacity": 1,
    **{f"{service}.tasks": 1 for service in ("frontend", "backend")},
    **{f"{service}.max_tasks": 1 for service in ("frontend", "backend")},
    "api.mobile": {"rate_limit": 1, "burst_limit": 1, "daily_quota": 1},
    "api.partner": {"rate_limit": 1, "burst_limit": 1, "daily_quota": 1},
    "api.stage_rate_limit": 5,
    "api.stage_burst_limit": 6,
    "alarms.error_percent": 0.1,
    "alarms.latency_ms": 1,
    "firewall.cdn_requests_per_address": 10,
    "firewall.api_requests_per_address": 900,  # the tests' plan: two requests a second
    "firewall.api_requests_per_key": 720,
}
LARGEST = {
    "suffix": "abcdefghij-z",
    "permissions_boundary": "bank-boundary",
    "zone.name": "a-zone-with-a-name-of-many-labels.bank.example",
    "network.nat_instances": 3,
    "network.interface_endpoints": True,
    "network.nat_refresh_hour": 0,
    "database.instance_type": "r8g.16xlarge",
    "database.backup_days": 35,
    "frontend.cpu": 4096,
    "frontend.memory": 30720,
    "frontend.tasks": 100,
    "frontend.max_tasks": 500,
    "frontend.spot": True,
    "frontend.on_demand_base": 100,
    "api.stage_rate_limit": 10_000,
    "api.stage_burst_limit": 5_000,
    "firewall.cdn_requests_per_address": 2_000_000_000,
    "firewall.count": ("common/SizeRestrictions_BODY", "sql-injection/SQLi_BODY"),
}
ELSEWHERE = {
    "network.zone_ids": ("use1-az6", "use1-az5", "use1-az4"),
    "network.nat_instances": 2,
    "database.instance_type": "t4g.medium",
    "frontend.image": "public.ecr.aws/bank/frontend:1.4.2",
    "backend.image": "registry.bank.example:5000/backend@sha256:" + 64 * "0",
    "backend.spot": True,
    "backend.tls": False,
    "frontend.tls": False,
}


def _broken(*chosen: Environment) -> list[str]:
    """What the invariants say of a pipeline with these environments."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder))
        pipeline = PipelineStack(app, TOOLS.name("pipeline"), tools=TOOLS, environments=chosen)
        app.synth()
        self_mutation.write(Path(folder), pipeline.node.id)
        synthesis = cloud_assembly.read(Path(folder), order=[one.suffix for one in chosen])
    return [message for check in INVARIANTS.values() for message in check(synthesis)]


def _like(environment: Environment, **changes: Any) -> Environment:
    values = dataclasses.asdict(environment)
    for path, value in changes.items():
        values = replaced(values, path, value)
    built: Environment = build(values)
    return built


@pytest.mark.parametrize(
    "environment",
    [_like(DEV, **SMALLEST), _like(PROD, **LARGEST), _like(PROD, **ELSEWHERE)],
    ids=["smallest", "largest", "elsewhere"],
)
def test_invariants_hold_at_the_extremes(environment: Environment) -> None:
    assert _broken(environment) == []


def test_invariants_hold_with_every_environment_in_the_pipelines_account() -> None:
    dev, prod = (dataclasses.replace(one, account=TOOLS.account) for one in (DEV, PROD))
    assert _broken(prod, dev) == []


# A synthesis takes seconds, so a few, and none to make a failing example smaller.
@settings(max_examples=4, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
@given(environments())
def test_invariants_hold_for_environments_drawn_at_random(values: Values) -> None:
    note(str(values))
    assert _broken(build(values)) == []
