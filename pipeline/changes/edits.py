"""The edits that `docs/changes.md` tells of: for each field of an environment, another value."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal_stage.config import (
    AlarmConfig,
    ApiConfig,
    DatabaseConfig,
    Environment,
    HostedZone,
    NetworkConfig,
    ServiceConfig,
)

IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/portal/frontend@sha256:" + "0" * 64


@dataclass(frozen=True, kw_only=True)
class Edit:
    """The field `path` becomes `value`; `before` are the fields that differ from the reference before the edit.

    `instead` says what to do where the edit is refused, or where it makes another environment.
    """

    path: str
    value: Any
    before: Mapping[str, Any] = field(default_factory=dict)
    instead: str = ""

    @property
    def told(self) -> str:
        """The edit in Markdown."""
        was = functools.reduce(getattr, self.path.split("."), with_fields(reference(), self.before))
        return f"`{_shown(was)}` -> `{_shown(self.value)}`"


def reference() -> Environment:
    """Return the environment that is edited: not production, every default, three NAT instances."""
    return Environment(
        suffix="dev",
        account="111111111111",
        production=False,
        zone=HostedZone(id="Z0REFERENCE", name="dev.bank.example"),
        owner="portal-team",
        cost_center="cc-1",
        network=NetworkConfig(cidr="10.20.0.0/16"),
        database=DatabaseConfig(),
        frontend=ServiceConfig(health_path="/healthz"),
        backend=ServiceConfig(health_path="/api/health"),
        api=ApiConfig(),
    )


_GUIDE = "([environments](environments.md))"
_BESIDE = f"add another environment beside it, then remove the old one {_GUIDE}"
_TLS = "delete the portal stack and deploy it again at an announced hour"

_SERVICE: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("health_path", "/alive", {}),
    ("tls", False, {}),
    ("image", IMAGE, {}),
    ("cpu", 512, {"memory": 1024}),
    ("memory", 1024, {}),
    ("tasks", 3, {}),
    ("spot", True, {}),
    ("on_demand_base", 1, {"spot": True}),
    ("max_tasks", 12, {}),
    ("cpu_target", 50, {}),
    ("memory_target", 60, {}),
    ("requests_per_target", 500, {}),
    ("rollback_errors", 20, {}),
)
_PLAN = (("rate_limit", 40), ("burst_limit", 80), ("daily_quota", 200_000), ("keys", (1, 2)))


def _services() -> Iterator[Edit]:
    for service in ("frontend", "backend"):
        for name, value, before in _SERVICE:
            yield Edit(
                path=f"{service}.{name}",
                value=value,
                before={f"{service}.{other}": given for other, given in before.items()},
                instead=_TLS if name == "tls" else "",
            )


EDITS = (
    Edit(
        path="suffix",
        value="dev-2",
        instead=f"another environment is made; the old stacks serve on until they are removed {_GUIDE}",
    ),
    Edit(
        path="account",
        value="555555555555",
        instead=f"{_BESIDE}; *Check* reads one account, so it cannot see this",
    ),
    Edit(
        path="region",
        value="eu-central-1",
        instead="stay in us-east-1: the certificate and the web ACL of CloudFront must be there",
    ),
    Edit(path="production", value=True),
    Edit(path="zone.id", value="Z0ANOTHER"),
    Edit(path="zone.name", value="test.bank.example"),
    Edit(path="project", value="portal"),
    Edit(path="owner", value="another-team"),
    Edit(path="cost_center", value="cc-2"),
    Edit(path="log_days", value=7),
    Edit(path="permissions_boundary", value="bank-boundary"),
    Edit(path="network.cidr", value="10.30.0.0/16", instead=_BESIDE),
    Edit(path="network.zone_ids", value=("use1-az1", "use1-az2", "use1-az6"), instead=_BESIDE),
    Edit(path="network.nat_instances", value=1),
    Edit(path="network.nat_instances", value=3, before={"network.nat_instances": 1}),
    Edit(path="network.nat_instance_type", value="t4g.micro"),
    Edit(path="network.nat_refresh_hour", value=4),
    Edit(path="network.nat_max_surplus_credits", value=100),
    Edit(path="network.nat_max_dropped_packets", value=200),
    Edit(path="network.interface_endpoints", value=True),
    Edit(path="network.interface_endpoints", value=False, before={"network.interface_endpoints": True}),
    Edit(path="database.min_capacity", value=1),
    Edit(path="database.max_capacity", value=8),
    Edit(path="database.instance_type", value="r8g.large"),
    Edit(path="database.instance_type", value="r8g.xlarge", before={"database.instance_type": "r8g.large"}),
    Edit(path="database.backup_days", value=14),
    Edit(path="database.backup_window", value="03:00-03:30"),
    Edit(path="database.maintenance_window", value="sat:06:00-sat:06:30"),
    Edit(path="database.migration", value=("node", "src/other.mjs")),
    *_services(),
    *(
        Edit(path=f"api.{plan}.{name}", value=value)
        for plan in ("mobile", "partner")
        for name, value in _PLAN
    ),
    Edit(path="api.partner.keys", value=(2,), before={"api.partner.keys": (1, 2)}),
    Edit(path="api.stage_rate_limit", value=200),
    Edit(path="api.stage_burst_limit", value=400),
    Edit(path="firewall.cdn_requests_per_address", value=3_000),
    Edit(path="firewall.api_requests_per_address", value=30_000),
    Edit(path="firewall.api_requests_per_key", value=24_000),
    Edit(path="firewall.count", value=("common/SizeRestrictions_BODY",)),
    *(
        Edit(path=f"alarms.{name}", value=value * 2 if value < 50 else value - 10)
        for name, value in dataclasses.asdict(AlarmConfig()).items()
    ),
)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def with_fields(environment: Environment, fields: Mapping[str, Any]) -> Environment:
    """Return a copy in which each field, by its dotted path, has another value. Raises ConfigurationError."""
    # Together, because one alone may be wrong: CPU and memory of a task go in pairs.
    whole = {name: value for name, value in fields.items() if "." not in name}
    for part in dict.fromkeys(path.partition(".")[0] for path in fields if "." in path):
        inner = {
            path.partition(".")[2]: value for path, value in fields.items() if path.startswith(f"{part}.")
        }
        whole[part] = _with_parts(getattr(environment, part), inner)
    return dataclasses.replace(environment, **whole)


def _with_parts(part: Any, fields: Mapping[str, Any]) -> Any:
    if all("." not in name for name in fields):
        return dataclasses.replace(part, **fields)
    ((path, value),) = fields.items()
    name, _, rest = path.partition(".")
    return dataclasses.replace(part, **{name: _with_parts(getattr(part, name), {rest: value})})
