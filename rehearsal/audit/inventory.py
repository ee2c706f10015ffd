"""Everything that an account holds, as far as it can be listed, and what an assembly asks for that cannot."""

from collections.abc import Callable
from typing import Any

import jmespath  # type: ignore[import-untyped]

from rehearsal.assembly import Assembly
from rehearsal.audit.rows import ROWS, Row

ClientOf = Callable[[str, str], Any]
"""Service and account (12 digits) to a boto3 client."""

Inventory = dict[str, dict[str, list[str]]]
"""Identifiers by account and by listing, for example `["111111111111"]["ec2 vpcs"]`."""

# What belongs to another resource and cannot outlive it, or is a deed rather than a thing.
WITHOUT_A_LIFE_OF_ITS_OWN = (
    "AWS::CDK::Metadata",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "Custom::",
)


def take_inventory(client_of: ClientOf, accounts: list[str]) -> Inventory:
    """List every row in every account. Raises botocore's ClientError as a service refuses."""
    return {
        account: {title(row): sorted(identifiers(row, client_of, account)) for row in ROWS}
        for account in accounts
    }


def left_over(before: Inventory, after: Inventory) -> dict[str, dict[str, list[str]]]:
    """What is there after and was not there before, by account and listing; empty listings are left out."""
    return {
        account: {
            name: new
            for name, found in listings.items()
            if (new := _without(found, before.get(account, {}), name))
        }
        for account, listings in after.items()
    }


def uncounted(assembly: Assembly) -> list[str]:
    """The resource types of the assembly for which there is no listing."""
    listed = {type_ for row in ROWS for type_ in row.types}
    used = {
        resource["Type"] for stack in assembly.stacks for resource in stack.template["Resources"].values()
    }
    return sorted(type_ for type_ in used - listed if not type_.startswith(WITHOUT_A_LIFE_OF_ITS_OWN))


def title(row: Row) -> str:
    """A listing's name for people, for example `ec2 vpcs`."""
    return f"{row.service} {row.method.split('_', 1)[1].replace('_', ' ')}"


def identifiers(row: Row, client_of: ClientOf, account: str) -> list[str]:
    """The identifiers that a row finds in an account, all pages of them."""
    parents = identifiers(row.each, client_of, account) if row.each else [None]
    found: list[str] = []
    for parent in parents:
        arguments = {**row.arguments, **({row.each_as: parent} if parent else {})}
        prefix = f"{parent} " if parent else ""
        found += [f"{prefix}{name}" for name in _listed(client_of(row.service, account), row, arguments)]
    return found


def _listed(client: Any, row: Row, arguments: dict[str, Any]) -> list[str]:
    if client.can_paginate(row.method):
        pages = list(client.get_paginator(row.method).paginate(**arguments))
    else:
        pages = [getattr(client, row.method)(**arguments)]
    return [name for page in pages for name in jmespath.search(row.ids, page) or []]


def _without(found: list[str], before: dict[str, list[str]], name: str) -> list[str]:
    known = set(before.get(name, []))
    return [identifier for identifier in found if identifier not in known]
