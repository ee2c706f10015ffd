"""What may be configured of the services, the API's plans and the firewall."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal_stage.errors import Checked
from portal_stage.rules import flag_problems, matches, number, one_of, problem, whole

# Tag, digest or both: https://pkg.go.dev/github.com/distribution/reference (the digest decides then).
_VERSION = r"(?::[\w][\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})"
_IMAGE = r"[\w./-]+(?::\d+/[\w./-]+)?" + _VERSION
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html (CPU units: MiB).
_FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
}


# Fixed, and told to the image by its variable PORT: foundation deploys the rules for a port before portal moves the
# tasks to it, so a port that could be edited would cut the running tasks off. 1024 or more takes no root to bind.
FRONTEND_PORT = 8080
BACKEND_PORT = 3000


@dataclass(frozen=True, kw_only=True)
class ServiceConfig(Checked):
    """One Fargate service; without `image` the stand-in in `containers/` is built."""

    health_path: str
    tls: bool = True
    """Whether the tasks speak TLS to the load balancer; False for an image that cannot."""
    image: str | None = None
    cpu: int = 256
    memory: int = 512
    tasks: int = 2
    spot: bool = False
    on_demand_base: int = 0
    """With `spot`: how many tasks run on FARGATE before the others go to FARGATE_SPOT, which may have none to give."""
    max_tasks: int = 6
    cpu_target: int = 60
    memory_target: int = 70
    requests_per_target: int = 1_000
    """Per task and minute; with the two percentages above, what scaling holds the service at."""
    rollback_errors: int = 10
    """As many answers 5xx in a minute, three minutes long, take a deployment back."""

    def problems(self) -> Iterator[str]:
        if not matches(r"/[\w./~-]*", self.health_path):
            yield problem("health_path", self.health_path, "use an absolute path", example="/healthz")
        if self.image is not None and not matches(_IMAGE, self.image):
            rule = "use registry, repository and a tag or digest, or None for the stand-in"
            yield problem("image", self.image, rule, example="public.ecr.aws/bank/backend:1.4.2")
        if not one_of(self.cpu, _FARGATE_MEMORY) or not one_of(self.memory, _FARGATE_MEMORY[self.cpu]):
            rule = "use CPU units and MiB that Fargate offers together"
            yield problem("cpu and memory", (self.cpu, self.memory), rule, example=(256, 512))
        yield from flag_problems(spot=self.spot, tls=self.tls)
        known = whole(self.tasks, 1, 100)
        if not known:
            yield problem("tasks", self.tasks, "use 1 to 100", example=2)
        most = 0 if self.spot is False else self.tasks if known else 100
        if not whole(self.on_demand_base, 0, most):
            rule = "use 0, or with spot at most the number of tasks"
            yield problem("on_demand_base", self.on_demand_base, rule, example=min(1, most))
        if not whole(self.max_tasks, self.tasks if known else 1, 500):
            rule = "use at most 500, and not less than tasks"
            yield problem("max_tasks", self.max_tasks, rule, example=max(6, self.tasks if known else 6))
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
    keys: tuple[int, ...] = (1,)
    """Which generations of the key are valid: (1,), then (1, 2) while the clients take over the new one, then (2,)."""

    def problems(self) -> Iterator[str]:
        # The account's own limits are 10,000 requests a second and a burst of 5,000.
        if not number(self.rate_limit, 1, 10_000):
            yield problem("rate_limit", self.rate_limit, "use 1 to 10000 requests a second", example=50)
        if not whole(self.burst_limit, 1, 5_000):
            yield problem("burst_limit", self.burst_limit, "use 1 to 5000 requests", example=100)
        if not whole(self.daily_quota, 1, 1_000_000_000):
            yield problem("daily_quota", self.daily_quota, "use 1 or more requests a day", example=100_000)
        keys = self.keys if isinstance(self.keys, tuple) else ()
        if (
            not 1 <= len(keys) <= 2
            or not all(whole(key, 1, 99) for key in keys)
            or len(set(keys)) < len(keys)
        ):
            yield problem("keys", self.keys, "use one or two generations of 1 to 99", example=(1, 2))


# One call fits, a handful at once does not: how the tests see the limit without reaching for a client's plan.
TESTS_PLAN = UsagePlanConfig(rate_limit=2, burst_limit=3, daily_quota=10_000)


@dataclass(frozen=True, kw_only=True)
class ApiConfig(Checked):
    """The plans of the API's two clients, and what all callers together may ask of the stage."""

    mobile: UsagePlanConfig = UsagePlanConfig()
    partner: UsagePlanConfig = UsagePlanConfig()
    stage_rate_limit: float = 150
    stage_burst_limit: int = 300

    def problems(self) -> Iterator[str]:
        # Below the plans' sum, one client's legitimate traffic would turn another's away.
        rates = self._least("rate_limit", 10_000)
        if not number(self.stage_rate_limit, rates, 10_000):
            rule = (
                f"use {rates:g} to 10000, which is more than the plans' rate_limit together, the tests' too"
            )
            yield problem("stage_rate_limit", self.stage_rate_limit, rule, example=min(10_000, 2 * rates))
        bursts = int(self._least("burst_limit", 5_000))
        if not whole(self.stage_burst_limit, bursts, 5_000):
            rule = f"use {bursts} to 5000, which is more than the plans' burst_limit together, the tests' too"
            yield problem("stage_burst_limit", self.stage_burst_limit, rule, example=min(5_000, 2 * bursts))

    def _least(self, share: str, most: int) -> float:
        """One more than all plans grant together, as far as their own limits are right."""
        limits: list[Any] = [getattr(plan, share, 0) for plan in (self.mobile, self.partner, TESTS_PLAN)]
        granted: float = sum(limit for limit in limits if number(limit, 1, most))
        return granted + 1


# https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
_LIMITS = (10, 2_000_000_000)
# A rule of portal_stage/portal/firewall.py, or one rule of a managed group of it.
_RULE = r"(?:address|key-and-address|(?:reputation|known-bad-inputs|sql-injection|common)(?:/\w+)?)"


@dataclass(frozen=True, kw_only=True)
class FirewallConfig(Checked):
    """The web ACLs before CloudFront and the API. Limits are requests in five minutes."""

    cdn_requests_per_address: int = 2_000
    """From one IP address to CloudFront: a person and a browser."""
    api_requests_per_address: int = 22_500
    """From one IP address to the API, whatever key it sends; at least 1.5 times what the largest plan grants."""
    api_requests_per_key: int = 18_000
    """With one API key from one IP address; at least 1.2 times what the largest plan grants. A caller can write any
    key, so no rule counts by the key alone: others could use up a client's limit."""
    count: tuple[str, ...] = ()
    """Rules that only count what they would block: a rule, a managed group, or one rule of a group by its AWS name, for
    example 'common/SizeRestrictions_BODY', which blocks a body of more than 8 KB."""

    def problems(self) -> Iterator[str]:
        for field, example in (
            ("cdn_requests_per_address", 2_000),
            ("api_requests_per_address", 22_500),
            ("api_requests_per_key", 18_000),
        ):
            if not whole(value := getattr(self, field), *_LIMITS):
                yield problem(field, value, "use 10 to 2000000000 requests in five minutes", example=example)
        rules = self.count if isinstance(self.count, tuple) else (None,)
        if len(set(rules)) != len(rules) or not all(matches(_RULE, rule) for rule in rules):
            rule = "use a tuple of rules, each once, or of a managed group's rules"
            yield problem(
                "count", self.count, rule, example=("sql-injection", "common/SizeRestrictions_BODY")
            )

    def plan_problems(self, api: ApiConfig) -> Iterator[str]:
        """Yield where the API's limits block what a usage plan promises: API Gateway throttles before WAF blocks."""
        rates: list[Any] = [
            getattr(plan, "rate_limit", None) for plan in (api.mobile, api.partner, TESTS_PLAN)
        ]
        largest: float = max(rate for rate in rates if number(rate, 1, 10_000))
        for field, share in (("api_requests_per_address", 1.5), ("api_requests_per_key", 1.2)):
            value, least = getattr(self, field), math.ceil(share * 300 * largest)
            if whole(value, *_LIMITS) and value < least:
                rule = f"use {least} or more, {share} times what the largest plan's rate_limit {largest:g} allows"
                yield problem(field, value, rule, example=least)
