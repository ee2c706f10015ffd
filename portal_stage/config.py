"""The typed configuration of one environment; `pipeline/environments.py` holds the values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal_stage.errors import Checked
from portal_stage.names import Names, suffix_problem
from portal_stage.operations.config import AlarmConfig
from portal_stage.rules import matches, number, private_network, problem, whole

REGION = "us-east-1"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_TAG_VALUE = r"[\w .:/=+@-]{1,256}"
_IMAGE = r"[\w./-]+(?::\d+/[\w./-]+)?(?::[\w.-]+|@sha256:[0-9a-f]{64})"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html (CPU units: MiB).
_FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
}


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
class NetworkConfig(Checked):
    """The VPC: its address range, its three zones by id, how many of them have a NAT instance, the endpoints."""

    cidr: str
    zone_ids: tuple[str, str, str] = ("use1-az1", "use1-az2", "use1-az4")
    nat_instances: int = 3
    nat_instance_type: str = "t4g.nano"
    nat_max_lifetime_days: int | None = None
    """After how many days Auto Scaling replaces a NAT instance by one of the newest image; None for never."""
    nat_min_cpu_credits: int = 30
    """Below it an alarm tells that a NAT instance runs out of CPU; a t4g.nano holds 144."""
    interface_endpoints: bool = False
    """ECR, logs, secrets and keys without the NAT; S3 and DynamoDB always are."""

    def problems(self) -> Iterator[str]:
        # 3 x (/24 public + /22 app + /24 data), each aligned to its size: 20 of the 32 /24s of a /19.
        if not private_network(self.cidr, largest=16, smallest=19):
            rule = "use a private IPv4 network of /16 to /19 without host bits, or its subnets do not fit"
            yield problem("cidr", self.cidr, rule, example="10.20.0.0/16")
        # VPC link v2 and some Fargate capacity do not reach use1-az3.
        pinned = all(matches(r"use1-az[12456]", zone_id) for zone_id in self.zone_ids)
        if not pinned or len(self.zone_ids) != 3 or len(set(self.zone_ids)) != 3:
            rule = f"use three different zone ids of {REGION}, none of them use1-az3"
            yield problem("zone_ids", self.zone_ids, rule, example=("use1-az1", "use1-az2", "use1-az4"))
        if not whole(self.nat_instances, 1, 3):
            rule = "use 1, 2 or 3, which is one in each zone"
            yield problem("nat_instances", self.nat_instances, rule, example=3)
        if not matches(r"[a-z]+\d+g[a-z]*\.[a-z0-9]+", self.nat_instance_type):
            rule = "use an instance type of arm64"
            yield problem("nat_instance_type", self.nat_instance_type, rule, example="t4g.nano")
        if self.nat_max_lifetime_days is not None and not whole(self.nat_max_lifetime_days, 1, 365):
            rule = "use 1 to 365 days, or None for never"
            yield problem("nat_max_lifetime_days", self.nat_max_lifetime_days, rule, example=30)
        if not whole(self.nat_min_cpu_credits, 1, 10_000):
            rule = "use 1 or more credits, fewer than the instance type holds"
            yield problem("nat_min_cpu_credits", self.nat_min_cpu_credits, rule, example=30)
        if not isinstance(self.interface_endpoints, bool):
            yield problem("interface_endpoints", self.interface_endpoints, "use True or False", example=True)


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig(Checked):
    """Aurora PostgreSQL: Serverless v2 between two capacities (ACU), or provisioned by instance type."""

    min_capacity: float = 0.5
    max_capacity: float = 2
    instance_type: str | None = None
    backup_days: int = 7

    def problems(self) -> Iterator[str]:
        if not number(self.min_capacity, 0.5, 256, step=0.5):
            rule = "use 0.5 to 256 ACU in steps of 0.5"
            yield problem("min_capacity", self.min_capacity, rule, example=0.5)
        elif not number(self.max_capacity, max(1, self.min_capacity), 256, step=0.5):
            rule = "use 1 to 256 ACU in steps of 0.5, and not less than min_capacity"
            yield problem("max_capacity", self.max_capacity, rule, example=4)
        if self.instance_type is not None and not matches(
            r"(?!db\.)[a-z0-9]+\.[a-z0-9]+", self.instance_type
        ):
            rule = "use an instance type without 'db.', or None for Serverless v2"
            yield problem("instance_type", self.instance_type, rule, example="r8g.large")
        if not whole(self.backup_days, 7, 35):
            yield problem("backup_days", self.backup_days, "use 7 to 35 days", example=7)


@dataclass(frozen=True, kw_only=True)
class ServiceConfig(Checked):
    """One Fargate service; without `image` the stand-in in `containers/` is built."""

    port: int
    health_path: str
    image: str | None = None
    cpu: int = 256
    memory: int = 512
    tasks: int = 2
    spot: bool = False
    on_demand_base: int = 0
    """With `spot`: how many tasks run on FARGATE before the others go to FARGATE_SPOT."""
    max_tasks: int = 6
    cpu_target: int = 60
    memory_target: int = 70
    requests_per_target: int = 1_000
    """Per task and minute; with the two percentages above, what scaling holds the service at."""
    rollback_errors: int = 10
    """As many answers 5xx in a minute, three minutes long, take a deployment back."""

    def problems(self) -> Iterator[str]:
        if not whole(self.port, 1024, 65535):
            rule = "use 1024 to 65535, which a container may bind without being root"
            yield problem("port", self.port, rule, example=8080)
        if not matches(r"/[\w./~-]*", self.health_path):
            yield problem("health_path", self.health_path, "use an absolute path", example="/healthz")
        if self.image is not None and not matches(_IMAGE, self.image):
            rule = "use registry, repository and a tag or digest, or None for the stand-in"
            yield problem("image", self.image, rule, example="public.ecr.aws/bank/backend:1.4.2")
        if self.memory not in _FARGATE_MEMORY.get(self.cpu, ()):
            rule = "use CPU units and MiB that Fargate offers together"
            yield problem("cpu and memory", (self.cpu, self.memory), rule, example=(256, 512))
        if not whole(self.tasks, 1, 100):
            yield problem("tasks", self.tasks, "use 1 to 100", example=2)
        elif not whole(self.on_demand_base, 0, self.tasks if self.spot else 0):
            rule = "use 0, or with spot at most the number of tasks"
            yield problem("on_demand_base", self.on_demand_base, rule, example=1 if self.spot else 0)
        if whole(self.tasks, 1, 100) and not whole(self.max_tasks, self.tasks, 500):
            rule = "use at most 500, and not less than tasks"
            yield problem("max_tasks", self.max_tasks, rule, example=max(6, self.tasks))
        for field in ("cpu_target", "memory_target"):
            if not whole(value := getattr(self, field), 10, 90):
                yield problem(field, value, "use 10 to 90 percent", example=60)
        if not whole(self.requests_per_target, 1, 1_000_000):
            rule = "use 1 to 1000000 requests a minute"
            yield problem("requests_per_target", self.requests_per_target, rule, example=1_000)
        if not whole(self.rollback_errors, 1, 1_000_000):
            rule = "use 1 to 1000000 answers a minute"
            yield problem("rollback_errors", self.rollback_errors, rule, example=10)


@dataclass(frozen=True, kw_only=True)
class UsagePlanConfig(Checked):
    """What one API key may do: requests per second, burst, and requests per day."""

    rate_limit: float = 50
    burst_limit: int = 100
    daily_quota: int = 100_000

    def problems(self) -> Iterator[str]:
        # The account's own limits are 10,000 requests a second and a burst of 5,000.
        if not number(self.rate_limit, 1, 10_000):
            yield problem("rate_limit", self.rate_limit, "use 1 to 10000 requests a second", example=50)
        if not whole(self.burst_limit, 1, 5_000):
            yield problem("burst_limit", self.burst_limit, "use 1 to 5000 requests", example=100)
        if not whole(self.daily_quota, 1, 1_000_000_000):
            yield problem("daily_quota", self.daily_quota, "use 1 or more requests a day", example=100_000)


@dataclass(frozen=True, kw_only=True)
class ApiConfig(Checked):
    """The plans of the API's two clients, and what all callers together may ask of the stage."""

    mobile: UsagePlanConfig = UsagePlanConfig()
    partner: UsagePlanConfig = UsagePlanConfig()
    stage_rate_limit: float = 150
    stage_burst_limit: int = 300

    def problems(self) -> Iterator[str]:
        # Below the plans' sum, one client's legitimate traffic would turn another's away.
        for field, share, most in (
            ("stage_rate_limit", "rate_limit", 10_000),
            ("stage_burst_limit", "burst_limit", 5_000),
        ):
            shares = [getattr(plan, share) for plan in (self.mobile, self.partner)]
            least = sum(shares) + 1 if all(number(value, 1, most) for value in shares) else 1
            if not number(value := getattr(self, field), least, most):
                rule = f"use more than the plans' {share} together, and at most {most}"
                yield problem(field, value, rule, example=min(most, max(2 * least, 10)))


@dataclass(frozen=True, kw_only=True)
class FirewallConfig(Checked):
    """The web ACLs before CloudFront and the API."""

    requests_per_address: int = 2_000
    """How many requests one IP address may send in five minutes."""

    def problems(self) -> Iterator[str]:
        if not whole(self.requests_per_address, 10, 2_000_000_000):
            rule = "use 10 to 2000000000 requests in five minutes"
            yield problem("requests_per_address", self.requests_per_address, rule, example=2_000)


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
    network: NetworkConfig
    database: DatabaseConfig
    alarms: AlarmConfig = AlarmConfig()  # noqa: RUF009 - frozen
    frontend: ServiceConfig
    backend: ServiceConfig
    api: ApiConfig
    firewall: FirewallConfig = FirewallConfig()

    def problems(self) -> Iterator[str]:
        if sentence := suffix_problem(self.suffix):
            yield sentence
        if not matches(r"\d{12}", self.account):
            rule = "use the account's twelve digits as text"
            yield problem("account", self.account, rule, example="111111111111")
        if self.region != REGION:
            rule = "use the Region that CloudFront's certificate and web ACL need"
            yield problem("region", self.region, rule, example=REGION)
        for field in ("project", "owner", "cost_center"):
            if not matches(_TAG_VALUE, value := getattr(self, field)):
                rule = "use up to 256 letters, digits, spaces and . : / = + - @ _, because it becomes a tag"
                yield problem(field, value, rule, example="portal-team")
        if self.log_days not in (7, 14):
            yield problem("log_days", self.log_days, "use 7 or 14 days", example=14)
        # The first name of a certificate becomes its common name, which holds 64 characters.
        if len(self.portal_host) > 64:
            rule = f"use a zone that keeps {self.portal_host!r} within 64 characters"
            yield problem("zone.name", self.zone.name, rule, example="dev.bank.example")

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
