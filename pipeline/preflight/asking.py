"""What a check is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.config import Tools
from portal_stage.config import Environment
from rehearsal.assembly import Stack
from rehearsal.refusals import Template, read


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One sentence of what the account said; `ok` is whether a deployment may rely on it."""

    check: str
    ok: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The account of the present credentials: what it is for, and what the assembly will make in it.

    `client` gives boto3's of a service; `name_servers` those that public DNS has for a name, in lower case and
    without the dot at the end.
    """

    account: str
    tools: Tools
    environments: Sequence[Environment]
    stacks: Sequence[Stack]
    client: Callable[[str], Any]
    name_servers: Callable[[str], set[str]]

    @property
    def holds_the_pipeline(self) -> bool:
        return self.account == self.tools.account

    @cached_property
    def templates(self) -> list[Template]:
        """The stacks of this account."""
        return [
            read(stack.template, stack=stack.name, account=self.account, region=stack.target.region)
            for stack in self.stacks
            if stack.target.account == self.account
        ]

    @cached_property
    def deployed(self) -> set[str]:
        """The names of the stacks that the account has already."""
        pages = self.client("cloudformation").get_paginator("list_stacks").paginate()
        return {
            stack["StackName"]
            for page in pages
            for stack in page["StackSummaries"]
            if stack["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        }


Said = tuple[bool, str]
Check = Callable[[Asked], Iterator[Said]]
