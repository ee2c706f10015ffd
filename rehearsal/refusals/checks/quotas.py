"""What all stacks of an account ask for together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ..quotas import QUOTAS, Quota
from ..views import Change, Found, Properties, Template


def needed(quota: Quota, templates: Iterable[Template]) -> int:
    """How many of the resources the templates make; with `per`, under the parent that has most."""
    return max(_counted(quota, templates).values(), default=0) + quota.beforehand


def quotas_are_kept(change: Change) -> Iterator[Found]:
    """The stacks of the account together keep within its quotas."""
    for quota in QUOTAS:
        most = change.quotas.get(quota.code, quota.default)
        made = [
            logical_id for logical_id, _ in _counting(quota, change.template) if not change.keeps(logical_id)
        ]
        if made and (wanted := needed(quota, change.stacks)) > most:
            yield made[-1], f"{wanted} {quota.name} where {most} are allowed ({quota.source})"


def _counted(quota: Quota, templates: Iterable[Template]) -> Counter[tuple[str, ...]]:
    counted: Counter[tuple[str, ...]] = Counter()
    for template in templates:
        for _, properties in _counting(quota, template):
            parents = tuple(str(properties.get(name)) for name in quota.per)
            counted[(template.stack, *parents) if quota.per else ()] += 1
    return counted


def _counting(quota: Quota, template: Template) -> Iterator[tuple[str, Properties]]:
    return (found for found in template.properties(*quota.types) if quota.counts(found[1]))
