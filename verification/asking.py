"""What a check is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Literal

import httpx
from botocore.exceptions import ClientError

from pipeline.config import Tools
from portal_stage.config import Environment

TIERS = ("foundation", "data", "portal")
STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
Where = Literal["environment", "tools", "outside"]
Said = tuple[bool, str]


class NotYet(Exception):  # noqa: N818 - it is no failure
    """The account cannot answer yet; the message says what has to happen before."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An environment in the account of the present credentials.

    `client` gives boto3's of a service, and `get` sends a GET request as anybody outside could.
    """

    environment: Environment
    tools: Tools
    account: str
    client: Callable[[str], Any]
    get: Callable[..., httpx.Response]

    def name(self, resource_type: str) -> str:
        return self.environment.names(resource_type)

    @cached_property
    def standing(self) -> dict[str, str]:
        """The status of each stack of the environment that the account has, by its tier."""
        found = {}
        for tier in TIERS:
            try:
                (stack,) = self.client("cloudformation").describe_stacks(StackName=self.name(tier))["Stacks"]
            except ClientError as error:
                if error.response["Error"]["Code"] != "ValidationError":
                    raise
            else:
                found[tier] = stack["StackStatus"]
        return found

    def needs(self, *tiers: str) -> None:
        """Raise NotYet unless these stacks are deployed."""
        for tier in tiers:
            if self.standing.get(tier) not in STANDING:
                status = self.standing.get(tier, "not deployed")
                raise NotYet(f"the stack {self.name(tier)} is {status}")

    def needs_an_hour(self) -> None:
        """Raise NotYet in the first hour of `portal`: metrics and log lines take a while."""
        self.needs("portal")
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.name("portal"))["Stacks"]
        if (age := datetime.now(UTC) - stack["CreationTime"]) < timedelta(hours=1):
            raise NotYet(f"{self.name('portal')} is {age.seconds // 60} minutes old: ask after an hour")

    def resources(self, tier: str, type_: str) -> list[str]:
        """The physical ids of the resources of a type in a stack; raises NotYet if it is not deployed."""
        return [id_ for found, id_ in _resources(self, tier) if found == type_]

    def one(self, tier: str, type_: str) -> str:
        found = self.resources(tier, type_)
        if len(found) != 1:
            raise NotYet(f"{self.name(tier)} has {len(found)} of {type_} instead of one")
        return found[0]

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Every item of an operation that answers in pages."""
        for page in self.client(service).get_paginator(operation).paginate(**arguments):
            yield from page[key]


@cache
def _resources(asked: Asked, tier: str) -> list[tuple[str, str]]:
    asked.needs(tier)
    listed = asked.pages(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=asked.name(tier)
    )
    return [(each["ResourceType"], each.get("PhysicalResourceId", "")) for each in listed]


@dataclass(frozen=True, kw_only=True)
class Check:
    """Answers the row of `docs/unverified.md` whose claim begins with `claim`.

    `where`: whose credentials can ask, the environment's account's or the tools account's; `outside` needs none.
    """

    claim: str
    ask: Callable[[Asked], Iterator[Said]]
    where: Where = "environment"
