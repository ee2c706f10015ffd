"""Environments drawn at random, as plain values: what each field admits, and what it does not."""

from __future__ import annotations

import dataclasses
import typing
from string import ascii_letters, ascii_lowercase, digits
from typing import Any

from hypothesis import strategies as st

from portal_stage.config import Environment
from portal_stage.errors import Checked
from portal_stage.operations.config import AlarmConfig

Values = dict[str, Any]
"""The fields of an object by their names; those of its parts within them."""

# Some of what Fargate offers: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
SIZES = [(256, 512), (256, 2048), (512, 1024), (1024, 8192), (2048, 4096), (4096, 30720)]
IMAGES = [
    None,
    "public.ecr.aws/bank/portal:1.4.2",
    "222222222222.dkr.ecr.us-east-1.amazonaws.com/portal@sha256:" + "0" * 64,
]
ZONES = [f"use1-az{number}" for number in (1, 2, 4, 5, 6)]

# A letter and up to five others, each with or without a hyphen before it: at most eleven of the twelve characters.
SUFFIXES = st.builds(
    "{}{}".format,
    st.sampled_from(ascii_lowercase),
    st.lists(st.sampled_from([*ascii_lowercase, *digits, "-a", "-z", "-9"]), min_size=1, max_size=5).map(
        "".join
    ),
) | st.just("abcdefghij-z")
TEXTS = st.text(f"{ascii_letters}{digits} .:/=+@-_", min_size=1, max_size=40)
PERCENT = st.integers(10, 90)


@st.composite
def services(draw: st.DrawFn, path: str) -> Values:
    cpu, memory = draw(st.sampled_from(SIZES))
    tasks, spot = draw(st.integers(1, 20)), draw(st.booleans())
    return {
        "health_path": path,
        "tls": draw(st.booleans()),
        "image": draw(st.sampled_from(IMAGES)),
        "cpu": cpu,
        "memory": memory,
        "tasks": tasks,
        "spot": spot,
        "on_demand_base": draw(st.integers(0, tasks if spot else 0)),
        "max_tasks": draw(st.integers(tasks, 500)),
        "cpu_target": draw(PERCENT),
        "memory_target": draw(PERCENT),
        "requests_per_target": draw(st.integers(1, 1_000_000)),
        "rollback_errors": draw(st.integers(1, 1_000_000)),
    }


@st.composite
def networks(draw: st.DrawFn) -> Values:
    return {
        "cidr": f"10.{draw(st.integers(0, 255))}.{32 * draw(st.integers(0, 7))}.0/19",
        "zone_ids": tuple(draw(st.permutations(ZONES))[:3]),
        "nat_instances": draw(st.integers(1, 3)),
        "nat_instance_type": draw(st.sampled_from(["t4g.nano", "c7gn.medium"])),
        "nat_refresh_hour": draw(st.none() | st.integers(0, 23)),
        "nat_max_surplus_credits": draw(st.integers(1, 10_000)),
        "nat_max_dropped_packets": draw(st.integers(0, 1_000_000)),
        "interface_endpoints": draw(st.booleans()),
    }


@st.composite
def databases(draw: st.DrawFn) -> Values:
    low = draw(st.integers(1, 512))
    return {
        "min_capacity": low / 2,
        "max_capacity": draw(st.integers(max(2, low), 512)) / 2,
        "instance_type": draw(st.sampled_from([None, "r8g.large", "t4g.medium"])),
        "backup_days": draw(st.integers(7, 35)),
        "backup_window": draw(st.sampled_from(["04:00-04:30", "23:30-01:00"])),
        "maintenance_window": draw(st.sampled_from(["sun:06:00-sun:06:30", "sun:22:00-sun:23:30"])),
        "migration": tuple(
            draw(st.lists(st.sampled_from(["node", "src/migrate.mjs", "--once"]), min_size=1))
        ),
    }


@st.composite
def apis(draw: st.DrawFn) -> Values:
    plans = [
        {
            "rate_limit": draw(st.integers(1, 4_000)),
            "burst_limit": draw(st.integers(1, 2_000)),
            "daily_quota": draw(st.integers(1, 1_000_000_000)),
            "keys": draw(st.sampled_from([(1,), (1, 2), (99,)])),
        }
        for _ in range(2)
    ]
    rate, burst = (sum(plan[field] for plan in plans) for field in ("rate_limit", "burst_limit"))
    return {
        "mobile": plans[0],
        "partner": plans[1],
        "stage_rate_limit": draw(st.integers(rate + 3, 10_000)),
        "stage_burst_limit": draw(st.integers(burst + 4, 5_000)),
    }


@st.composite
def alarms(draw: st.DrawFn) -> Values:
    names = [field.name for field in dataclasses.fields(AlarmConfig)]
    return {name: draw(PERCENT if name.endswith("_percent") else st.integers(1, 1_000_000)) for name in names}


@st.composite
def environments(draw: st.DrawFn) -> Values:
    """A valid environment."""
    return {
        "suffix": draw(SUFFIXES),
        "account": f"{draw(st.integers(0, 10**12 - 1)):012d}",
        "region": "us-east-1",
        "production": draw(st.booleans()),
        "zone": {"id": "Z0123456789", "name": draw(st.sampled_from(["bank.example", "portal-dev.bank.co"]))},
        "project": draw(TEXTS),
        "owner": draw(TEXTS),
        "cost_center": draw(TEXTS),
        "log_days": draw(st.sampled_from([7, 14])),
        "permissions_boundary": draw(st.sampled_from([None, "bank-boundary"])),
        "network": draw(networks()),
        "database": draw(databases()),
        "frontend": draw(services("/healthz")),
        "backend": draw(services("/api/health")),
        "api": draw(apis()),
        "firewall": {
            "cdn_requests_per_address": draw(st.integers(10, 2_000_000_000)),
            # The largest plan above grants 4,000 a second.
            "api_requests_per_address": draw(st.integers(1_800_000, 2_000_000_000)),
            "api_requests_per_key": draw(st.integers(1_440_000, 2_000_000_000)),
            "count": draw(st.sampled_from([(), ("common/SizeRestrictions_BODY",)])),
        },
        "alarms": draw(alarms()),
    }


# What a field refuses whatever stands in the others, by the field's name.
WRONG: dict[str, list[Any]] = {
    "suffix": ["Dev_1", "", "a", "1a", "a--b", "thirteen-long", None, 7],
    "account": ["12345678901", "1111(1111111", 111111111111, None],
    "region": ["eu-west-1", None],
    "production": ["no", 1, None],
    "project": ["", "a;b", None],
    "owner": ["", 300 * "x", 7],
    "cost_center": ["cc\n1", None],
    "log_days": [30, 7.0, "14", None, []],
    "permissions_boundary": ["", "arn:aws:iam::555555555555:policy/boundary", 7],
    "id": ["/hostedzone/Z1", "", None],
    "name": ["dev.bank.example.", "Bank.example", "bank", 7],
    "cidr": ["10.20.0.0/20", "10.20.1.0/16", "20.20.0.0/16", "fd00::/16", "ten", None, 10],
    "zone_ids": [("use1-az1", "use1-az2", "use1-az3"), ("use1-az1",) * 3, ZONES[:2], None, 3, [1, [], None]],
    "nat_instances": [0, 4, 1.5, True, "1"],
    "nat_instance_type": ["t3.nano", "", None],
    "nat_refresh_hour": [-1, 24, "8", 7.5, True],
    "nat_max_surplus_credits": [0, 10_001, None],
    "nat_max_dropped_packets": [-1, 1_000_001, "100"],
    "interface_endpoints": ["yes", 0, None],
    "min_capacity": [0, 0.7, 256.5, "1", None, float("nan")],
    "max_capacity": [0.5, 1.2, 300, True, None],
    "instance_type": ["db.r8g.large", "large", "m6g.large", "t4g.micro", "c5.large", 7],
    "backup_days": [6, 36, None],
    "backup_window": ["04:00-04:29", "4:00-5:00", "24:00-24:30", "", None, 4],
    "maintenance_window": [
        "sun:06:00-sun:06:29",
        "Sun:06:00-Sun:06:30",
        "sun:06:00-tue:06:00",
        "06:00-07:00",
        None,
    ],
    "migration": ["node src/migrate.mjs", (), ("",), ("node", "a\nb"), None],
    "tls": [1, "yes", None],
    "health_path": ["health", "", None],
    "image": ["portal/backend", "portal@sha256:0", 7],
    "tasks": [0, 101, True, "2", None],
    "spot": ["no", 1, None],
    "on_demand_base": [-1, 101, "0", None],
    "max_tasks": [0, 501, "6", None],
    "cpu_target": [9, 91, "60", None],
    "memory_target": [5, 95, 60.5],
    "requests_per_target": [0, 1_000_001, None],
    "rollback_errors": [0, "10"],
    "rate_limit": [0, 10_001, "50", None],
    "burst_limit": [0, 5_001, 2.5, None],
    "daily_quota": [0, "1", None],
    "keys": [(), (1, 1), (0,), (1, 2, 3), [1], 1, ("1",)],
    "stage_rate_limit": [0, 10_001, "150", None],
    "stage_burst_limit": [0, 5_001, 300.5, None],
    "cdn_requests_per_address": [9, 2_000_000_001, None],
    "api_requests_per_address": [9, 2_000_000_001, None],
    "api_requests_per_key": [9, 2_000_000_001, None],
    "count": ["common", ("uncommon",), ("address/x",), ("common", "common"), None],
    **{
        field.name: [0, 101, "1"] if field.name.endswith("_percent") else [0, 1_000_001, 1.5]
        for field in dataclasses.fields(AlarmConfig)
    },
    # Told as one field, because what is wrong is their combination.
    "cpu": [100, "256", None, []],
    # Whole parts.
    "zone": [None, "bank.example"],
    "network": [None, "10.20.0.0/16"],
    "database": [None],
    "mobile": [None, 50],
    "firewall": [2_000],
}


def build(values: Values, kind: type[Checked] = Environment) -> Any:
    """The object of these values, its parts included."""
    hints = typing.get_type_hints(kind)
    parts = {name: hints[name] for name, value in values.items() if isinstance(value, dict)}
    return kind(
        **{name: build(value, parts[name]) if name in parts else value for name, value in values.items()}
    )


def paths(values: Values, prefix: str = "") -> list[str]:
    """The dotted path of every field, those of the parts and the parts themselves included."""
    found = []
    for name, value in values.items():
        found.append(prefix + name)
        if isinstance(value, dict):
            found += paths(value, f"{prefix}{name}.")
    return found


def replaced(values: Values, path: str, value: Any) -> Values:
    """The same values but for one field."""
    name, _, rest = path.partition(".")
    return values | {name: replaced(values[name], rest, value) if rest else value}
