"""Stacks that are deployed one after another: what each changes, and what AWS would refuse of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .comparison import ResourceChange, compare
from .table import refused
from .values import UNKNOWN
from .views import Account, Change, Template, read


class StackTemplate(Protocol):
    """One stack's template and where it goes; `body` is the parsed template."""

    @property
    def stack(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def body(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class StackChange:
    """What the deployment of one stack does, and the sentences of what AWS would refuse of it."""

    stack: str
    changes: tuple[ResourceChange, ...]
    refusals: tuple[str, ...]


def deploy(
    stacks: Iterable[StackTemplate],
    accounts: Mapping[str, Account],
    *,
    quotas: Mapping[str, int] | None = None,
) -> Iterator[StackChange]:
    """Yield what each deployment does, every stack into what the ones before it have left.

    `accounts` are those before the first deployment, by id, and `quotas` as in `Change`.
    """
    known = dict(accounts)
    for each in stacks:
        account = known.get(each.account) or Account(id=each.account, region=each.region)
        template = view(each, account.stacks)
        change = Change(template=template, accounts={**known, account.id: account}, quotas=quotas or {})
        yield StackChange(
            stack=each.stack,
            changes=tuple(compare(change.before, template)),
            refusals=tuple(refused(change)),
        )
        made = {str(role.get("RoleName")) for _, role in template.properties("AWS::IAM::Role")}
        known[account.id] = replace(
            account,
            roles=None if account.roles is None else account.roles | made,
            stacks={**account.stacks, each.stack: template},
        )


def deployed(stacks: Iterable[StackTemplate]) -> dict[str, Template]:
    """Return the views of one account's stacks, whatever their order, each with what it imports of the others."""
    given = list(stacks)
    alone = {each.stack: view(each, {}) for each in given}
    return {each.stack: view(each, alone) for each in given}


def view(template: StackTemplate, beside: Mapping[str, Template]) -> Template:
    """Return the view of a template; an import that only a deployment tells is `${name of the export}`."""
    exports = {
        name: f"${{{name}}}" if UNKNOWN.search(value) else value
        for stack in beside.values()
        for name, value in stack.exports.items()
    }
    return read(
        template.body,
        stack=template.stack,
        account=template.account,
        region=template.region,
        exports=exports,
    )
