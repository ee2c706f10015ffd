"""The pipeline's own configuration, the checks that concern several environments, and the sandbox."""

from __future__ import annotations

import dataclasses
import ipaddress
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.execution_policies import ADMINISTRATOR, execution_policy_problems
from portal_stage.boundary import boundary_problems
from portal_stage.config import REGION, Environment, HostedZone, NetworkConfig
from portal_stage.errors import Checked, ConfigurationError, ErrorCollector
from portal_stage.names import Names, suffix_problem
from portal_stage.rules import account_problems, matches, problem, tag_problems

SUFFIX = "tools"
# The name of the service before July 2024 stands in the ARNs of connections made until then.
_CONNECTION = r"arn:aws:(?:codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}"

# FullRepositoryId is owner and name, with GitLab's groups between them:
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
_REPOSITORY = r"(?!(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/)[\w.-]+(?:/[\w.-]+)+(?<!\.git)"
# BranchName is no reference: git would read refs/heads/refs/heads/main. No part begins with a dot or ends with .lock:
# https://git-scm.com/docs/git-check-ref-format
_BRANCH = r"(?!refs/|heads/|-)(?!.*\.\.)(?:(?!\.)[\w.-]+(?<!\.)(?<!\.lock)/)*(?!\.)[\w.-]+(?<!\.)(?<!\.lock)"


@dataclass(frozen=True, kw_only=True)
class Tools(Checked):
    """Where the pipeline itself lives, the branch whose pushes start it, and who pays for it."""

    account: str
    region: str = REGION
    connection_arn: str
    repository: str
    branch: str = "main"
    project: str = "customer-portal"
    owner: str
    cost_center: str
    permissions_boundary: str | None = None
    """A managed policy of the account, by name or ARN, that bounds every role of the pipeline; None for none."""
    execution_policies: tuple[str, ...] = (ADMINISTRATOR,)
    """What CloudFormation may do in every account: managed policies of that name there, or AWS's own by ARN."""

    label = "tools: "

    def problems(self) -> Iterator[str]:
        yield from account_problems(self.account)
        if self.region != REGION:
            yield problem("region", self.region, "use the Region of the environments", example=REGION)
        if not matches(_CONNECTION, self.connection_arn):
            example = f"arn:aws:codeconnections:{REGION}:111111111111:connection/aabbccdd-0011-2233-4455-66778899aabb"
            rule = "use the ARN of a CodeConnections connection"
            yield problem("connection_arn", self.connection_arn, rule, example=example)
        if not matches(_REPOSITORY, self.repository):
            rule = "use owner and name, without host and without .git"
            yield problem("repository", self.repository, rule, example="bank/customer-portal")
        if not matches(_BRANCH, self.branch):
            yield problem("branch", self.branch, "use a branch's name without refs/heads/", example="main")
        yield from tag_problems(project=self.project, owner=self.owner, cost_center=self.cost_center)
        yield from boundary_problems(self.permissions_boundary, self.account)
        yield from execution_policy_problems(self.execution_policies)

    @property
    def names(self) -> Names:
        """The builder of names for what the pipeline shares with an environment: its key, its providers."""
        return Names(SUFFIX)

    def name(self, resource_type: str) -> str:
        """The physical name of one of the pipeline's own resources: `tools.name("synth")` is `synth-tools`.

        The suffix is fixed, so these names are constants; the assembly tests hold them to the limits.
        """
        return f"{resource_type}-{SUFFIX}"


def check_together(errors: ErrorCollector, environments: Sequence[Environment]) -> None:
    """Add what no environment can see alone, such as a suffix used twice, or networks that overlap."""
    if not isinstance(environments, Sequence) or not environments:
        shown = environments.label.rstrip(": ") if isinstance(environments, Environment) else environments
        errors.add(f"ENVIRONMENTS {shown!r}: use a tuple of at least one environment, for example '(DEV,)'")
        return
    for other in (one for one in environments if not isinstance(one, Environment)):
        errors.add(f"ENVIRONMENTS {other!r}: use objects, for example 'Environment(...)'")
    known = [one for one in environments if isinstance(one, Environment)]
    _check_suffixes(errors, [environment.suffix for environment in known])
    if known and known[0].production is True:
        errors.add(
            f"ENVIRONMENTS {known[0].suffix!r}: production comes first, so nobody approves what reaches it; put an "
            "environment that is no production before it, for example '(STAGING, PROD)'"
        )
    for one, other in itertools.combinations(known, 2):
        for sentence in (_shared_zone(one, other), _shared_host(one, other), _shared_network(one, other)):
            if sentence:
                errors.add(sentence)


def _check_suffixes(errors: ErrorCollector, suffixes: Sequence[str]) -> None:
    for suffix in sorted({suffix for suffix in suffixes if suffixes.count(suffix) > 1}, key=repr):
        errors.add(
            f"environment_suffix {suffix!r}: used by {suffixes.count(suffix)} environments; use each one once, "
            "for example 'dev', 'staging' and 'prod'"
        )
    if SUFFIX in suffixes:
        errors.add(f"environment_suffix {SUFFIX!r}: it is the pipeline's own; use another, for example 'dev'")


def _shared_zone(one: Environment, other: Environment) -> str | None:
    if not isinstance(one.zone, HostedZone) or not isinstance(other.zone, HostedZone):
        return None
    if one.zone.id != other.zone.id or (one.account, one.zone.name) == (other.account, other.zone.name):
        return None
    return (
        f"zone.id {one.zone.id!r}: {one.zone.name!r} of {one.suffix!r} in {one.account} and "
        f"{other.zone.name!r} of {other.suffix!r} in {other.account}; use each account's own hosted zone, for "
        "example delegate 'dev.bank.example' to a zone in dev's account"
    )


def _shared_host(one: Environment, other: Environment) -> str | None:
    if not isinstance(one.zone, HostedZone) or not isinstance(other.zone, HostedZone):
        return None
    # Equal suffixes have been told already.
    if one.suffix == other.suffix or one.portal_host != other.portal_host:
        return None
    return (
        f"zone.name {one.zone.name!r} of {one.suffix!r} and of {other.suffix!r}: both serve {one.portal_host!r}; let "
        "one of them be production, or use another zone, for example 'eu.bank.example'"
    )


def _shared_network(one: Environment, other: Environment) -> str | None:
    if not isinstance(one.network, NetworkConfig) or not isinstance(other.network, NetworkConfig):
        return None
    if not _overlap(one.network.cidr, other.network.cidr):
        return None
    return (
        f"network.cidr {one.network.cidr!r} of {one.suffix!r} and {other.network.cidr!r} of {other.suffix!r}: "
        "use ranges that do not overlap, for example '10.20.0.0/16' and '10.21.0.0/16'"
    )


def sandbox(suffix: str, *, like: Environment, beside: Sequence[Environment]) -> Environment:
    """An environment for one person's experiments: everything of `like`, hostnames and names of its own.

    Raises:
        ConfigurationError: when the suffix breaks the rule, or is one of an environment or of the pipeline.
    """
    if sentence := suffix_problem(suffix):
        raise ConfigurationError([sentence])
    taken = [environment.suffix for environment in beside] + [SUFFIX]
    if suffix in taken:
        raise ConfigurationError(
            [
                f"environment_suffix {suffix!r}: taken, as are {', '.join(taken)}; use another, for example 'pr-42'"
            ]
        )
    return dataclasses.replace(like, suffix=suffix)


def _overlap(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))
    except (TypeError, ValueError):
        return False  # The network that is none has been reported already.
