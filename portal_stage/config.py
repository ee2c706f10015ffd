"""The typed configuration of one environment; `pipeline/environments.py` holds the values.

Each part stands beside what it configures, and can be imported from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal_stage.boundary import boundary_problems
from portal_stage.data.config import DatabaseConfig
from portal_stage.errors import Checked
from portal_stage.foundation.config import NetworkConfig
from portal_stage.names import Names, suffix_problem
from portal_stage.operations.config import AlarmConfig
from portal_stage.portal.config import ApiConfig, FirewallConfig, ServiceConfig, UsagePlanConfig
from portal_stage.rules import account_problems, flag_problems, matches, one_of, problem, tag_problems

__all__ = [
    "REGION",
    "AlarmConfig",
    "ApiConfig",
    "DatabaseConfig",
    "Environment",
    "FirewallConfig",
    "HostedZone",
    "NetworkConfig",
    "ServiceConfig",
    "UsagePlanConfig",
]

REGION = "us-east-1"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"


@dataclass(frozen=True, kw_only=True)
class HostedZone(Checked):
    """A public Route 53 zone that exists already; its id and its name."""

    id: str
    name: str

    def problems(self) -> Iterator[str]:
        if not matches(r"Z[A-Z0-9]{1,31}", self.id):
            rule = "use the hosted zone's id, Z and up to 31 capitals and digits"
            yield problem("id", self.id, rule, example="Z0123456789ABCDEFGHIJ")
        if not matches(_DOMAIN, self.name):
            rule = "use a lower-case domain name without a dot at its end"
            yield problem("name", self.name, rule, example="dev.bank.example")


@dataclass(frozen=True, kw_only=True)
class Environment(Checked):
    """One environment: where it is, what it is called, how large it is, and who pays."""

    suffix: str
    account: str
    region: str = REGION
    production: bool
    """Host names of production are bare (`portal.bank.example`); all others carry the suffix."""
    zone: HostedZone
    project: str = "customer-portal"
    owner: str
    cost_center: str
    log_days: int = 14
    permissions_boundary: str | None = None
    """A managed policy of the account, by name or ARN, that bounds every role of the environment; None for none."""
    network: NetworkConfig
    database: DatabaseConfig
    alarms: AlarmConfig = AlarmConfig()  # noqa: RUF009 - frozen
    frontend: ServiceConfig
    backend: ServiceConfig
    api: ApiConfig
    firewall: FirewallConfig = FirewallConfig()  # noqa: RUF009 - frozen

    def problems(self) -> Iterator[str]:
        if sentence := suffix_problem(self.suffix):
            yield sentence
        yield from account_problems(self.account)
        if self.region != REGION:
            rule = "use the Region that CloudFront's certificate and web ACL need"
            yield problem("region", self.region, rule, example=REGION)
        yield from tag_problems(project=self.project, owner=self.owner, cost_center=self.cost_center)
        yield from flag_problems(production=self.production)
        if not one_of(self.log_days, (7, 14)):
            yield problem("log_days", self.log_days, "use 7 or 14 days", example=14)
        yield from boundary_problems(self.permissions_boundary, self.account)
        # The first name of a certificate becomes its common name, which holds 64 characters.
        if (
            isinstance(self.zone, HostedZone)
            and not suffix_problem(self.suffix)
            and len(self.portal_host) > 64
        ):
            rule = f"use a zone that keeps {self.portal_host!r} within 64 characters"
            yield problem("zone.name", self.zone.name, rule, example="dev.bank.example")
        if isinstance(self.firewall, FirewallConfig) and isinstance(self.api, ApiConfig):
            yield from (f"firewall.{found}" for found in self.firewall.plan_problems(self.api))

    @property
    def label(self) -> str:
        return f"environment {self.suffix!r}: "

    @property
    def names(self) -> Names:
        """The builder of this environment's physical names."""
        return Names(self.suffix)

    @property
    def portal_host(self) -> str:
        """Where customers open the portal: CloudFront."""
        return self._host("portal")

    @property
    def api_host(self) -> str:
        """Where partners call the API: API Gateway."""
        return self._host("api")

    @property
    def origin_host(self) -> str:
        """The load balancer's name in the certificate; no record carries it."""
        return self._host("origin")

    def _host(self, service: str) -> str:
        return (
            f"{service}.{self.zone.name}" if self.production else f"{service}-{self.suffix}.{self.zone.name}"
        )
