"""Every physical name: `{resource-type}-{environment-suffix}`, within the limits of its AWS resource type."""

from __future__ import annotations

from dataclasses import dataclass

from portal_stage.errors import ConfigurationError
from portal_stage.rules import matches, problem

SUFFIX_LENGTH = 12


@dataclass(frozen=True)
class Limit:
    """What AWS admits as a name: at most `length` characters, all of it matching `pattern`."""

    length: int
    pattern: str


_ROLE = Limit(64, r"[\w+=,.@-]+")
_SECURITY_GROUP = Limit(255, r"(?!sg-)[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+")
_BALANCING = Limit(32, r"(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ECS = Limit(255, r"[\w-]+")
_RDS = Limit(63, r"[a-z](?:-?[a-z0-9])*")
_FUNCTION = Limit(64, r"[\w-]+")
_ALARM = Limit(255, r"[\w-]+")
_LOG_GROUP = Limit(512, r"(?!aws/)[\w/.#-]+")
_API = Limit(128, r"[\w .-]+")
_EDGE = Limit(64, r"[A-Za-z0-9-]+")
# A bucket of the account-regional namespace carries "-{account}-{region}-an" behind its prefix: 26 of the
# 63 characters in us-east-1.
_BUCKET_PREFIX = Limit(63 - 26, r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")

_ROWS = (
    (Limit(128, r"[A-Za-z][A-Za-z0-9-]*"), "foundation data portal"),
    (Limit(256, r"alias/(?!aws/)[\w/-]+"), "alias/portal"),
    # Values of the tag Name, which these types have instead of a name.
    (Limit(256, r"[\w.-]+"), "vpc public-1 public-2 public-3 app-1 app-2 app-3 data-1 data-2 data-3"),
    (Limit(256, r"[\w.-]+"), "public-nacl app-nacl data-nacl"),
    (_SECURITY_GROUP, "alb-sg frontend-sg backend-sg database-sg vpc-link-sg probe-sg nat-sg endpoints-sg"),
    (Limit(128, r"[A-Za-z0-9().\-/_]{3,}"), "nat-1 nat-2 nat-3"),
    (
        Limit(255, r"[\w.-]+"),
        "nat-1-status nat-2-status nat-3-status nat-1-credits nat-2-credits nat-3-credits"
        " nat-1-drops nat-2-drops nat-3-drops nat-alarm",
    ),
    # Each is an alarm and the rule whose events it counts.
    (Limit(64, r"[\w.-]+"), "nat-1-ends nat-2-ends nat-3-ends"),
    (_LOG_GROUP, "/aws/events/nat-ends"),
    (Limit(64, r"[\w.-]+"), "nat-1-refresh nat-2-refresh nat-3-refresh"),
    (_ROLE, "frontend-task frontend-execution backend-task backend-execution"),
    (_ROLE, "probe-role pipeline-tests tests-build check-build flow-logs nat-role nat-refresh"),
    (_RDS, "aurora aurora-writer aurora-reader-1 aurora-reader-2 aurora-subnets aurora-parameters"),
    (Limit(255, r"[\w.-]{3,}"), "sessions session-events"),
    (Limit(512, r"[\w/+=.@-]+"), "backend-database"),
    (_ALARM, "unavailable-alarm degraded-alarm cdn-errors-alarm cdn-latency-alarm cdn-blocked-alarm"),
    (
        _ALARM,
        "portal-health-alarm api-health-alarm certificate-alarm api-errors-alarm api-client-errors-alarm",
    ),
    (_ALARM, "api-latency-alarm api-throttles-alarm api-blocked-alarm alb-errors-alarm alb-latency-alarm"),
    (_ALARM, "frontend-serving-alarm frontend-hosts-alarm frontend-cpu-alarm frontend-memory-alarm"),
    (_ALARM, "backend-serving-alarm backend-hosts-alarm backend-cpu-alarm backend-memory-alarm"),
    (_ALARM, "frontend-tasks-alarm backend-tasks-alarm aurora-cpu-alarm aurora-capacity-alarm"),
    (_ALARM, "aurora-connections-alarm aurora-lag-alarm aurora-deadlocks-alarm aurora-storage-alarm"),
    (_ALARM, "frontend-rollback-alarm backend-rollback-alarm"),
    (_ALARM, "sessions-throttles-alarm sessions-errors-alarm deployments-alarm probe-alarm"),
    (_ALARM, "portal-dashboard throttled-requests"),
    (Limit(64, r"[\w.-]+"), "failed-deployments"),
    (_LOG_GROUP, "/aws/events/deployments"),
    (_BALANCING, "alb frontend-https-8080 frontend-http-8080 backend-https-3000 backend-http-3000"),
    (_ECS, "ecs frontend backend"),
    (_FUNCTION, "probe restrict-default-sg auto-delete-objects bucket-deployment"),
    (_LOG_GROUP, "/ecs/frontend /ecs/backend /aws/lambda/probe"),
    (_LOG_GROUP, "/aws/lambda/restrict-default-sg /aws/lambda/auto-delete-objects"),
    (_LOG_GROUP, "/aws/lambda/bucket-deployment /vpc/flow-logs"),
    (Limit(256, r"[\w-]+"), "alarms"),
    (_BUCKET_PREFIX, "static"),
    (_LOG_GROUP, "/apigateway/access /apigateway/maintenance"),
    (_LOG_GROUP, "aws-waf-logs-api aws-waf-logs-cdn /aws/vendedlogs/cdn"),
    (_BUCKET_PREFIX, "alb-logs"),
    (_API, "api api-validator vpc-link maintenance"),
    (_API, "mobile-api-key partner-api-key tests-api-key"),
    (_API, "mobile-usage-plan partner-usage-plan tests-usage-plan"),
    (_EDGE, "vpc-origin static-oac headers api-acl cdn-acl"),
    (Limit(60, r"[\w-]+"), "cdn-logs"),
    # These have no name but a tag.
    (Limit(256, r"[\w-]+"), "certificate portal-health api-health"),
)
LIMITS = {resource_type: limit for limit, types in _ROWS for resource_type in types.split()}
"""Resource type -> what AWS admits as its name."""


def suffix_problem(suffix: str) -> str | None:
    """The sentence that tells what is wrong with an environment suffix; None when nothing is."""
    if matches(r"[a-z](?:-?[a-z0-9])+", suffix) and len(suffix) <= SUFFIX_LENGTH:
        return None
    rule = f"use 2 to {SUFFIX_LENGTH} lower-case letters, digits and single hyphens, a letter first"
    return problem("environment_suffix", suffix, rule, example="dev") + " or 'pr-42'"


class Names:
    """Builds the names of one environment: `Names("dev")("alb")` is `alb-dev`.

    Raises:
        ConfigurationError: when the suffix breaks its rule.
    """

    def __init__(self, suffix: str) -> None:
        if problem := suffix_problem(suffix):
            raise ConfigurationError([problem])
        self.suffix = suffix

    def __call__(self, resource_type: str, *, number: int | None = None) -> str:
        """The name of this environment's resource of that type; with `number`, of the one that has it.

        Raises:
            ConfigurationError: for a type without a row in this file, or a name that AWS would refuse.
        """
        limit = LIMITS.get(resource_type)
        if limit is None:
            rule = "use a type that has a row in portal_stage/names.py"
            raise ConfigurationError([problem("resource type", resource_type, rule, example="alb")])
        numbered = resource_type if number is None else f"{resource_type}-{number}"
        name = f"{numbered}-{self.suffix}"
        if len(name) > limit.length or not matches(limit.pattern, name):
            rule = f"use at most {limit.length} characters that match {limit.pattern}"
            raise ConfigurationError([problem("name", name, rule, example="alb-dev")])
        return name
