"""The floor of each environment: its lines, by stack, summed."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cost.assembly import Stack
from cost.prices import price
from cost.rules import RULES

TYPES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("types.toml").read_text(encoding="utf-8"))
USAGE: dict[str, str] = TYPES["usage"]
FREE: list[str] = TYPES["free"]["types"]
# What no template holds: a zone is there before the environment that uses it.
ZONE = "zone"


@dataclass(frozen=True)
class Floor:
    """What an environment costs by the month while nobody uses it: how many of each price, by tier."""

    suffix: str
    lines: dict[tuple[str, str], float]

    def dollars(self, wanted: Callable[[str, str], bool] = lambda _tier, _key: True) -> float:
        """Of the lines whose tier and price are wanted."""
        return sum(
            number * price(key).monthly for (tier, key), number in self.lines.items() if wanted(tier, key)
        )

    def number(self, start: str, end: str = "") -> float:
        """How many of the prices whose keys begin and end so, in all tiers."""
        return sum(n for (_, key), n in self.lines.items() if key.startswith(start) and key.endswith(end))


def floors(stacks: Sequence[Stack]) -> list[Floor]:
    """A floor for each environment and one for the pipeline, in the order of delivery."""
    lines: dict[str, defaultdict[tuple[str, str], float]] = {}
    for stack in stacks:
        counted = lines.setdefault(stack.suffix, defaultdict(float))
        for logical_id, resource in stack.resources.items():
            rule = RULES.get(resource["Type"])
            for key, number in rule(stack, logical_id, resource.get("Properties", {})) if rule else ():
                counted[stack.tier, key] += number
        if stack.tier == "portal":
            counted[ZONE, "hosted_zone"] += 1
    return [Floor(suffix, counted) for suffix, counted in lines.items()]


def unknown_types(stacks: Sequence[Stack]) -> set[str]:
    """The types of which nothing says whether and by what they are charged."""
    found = {resource["Type"] for stack in stacks for resource in stack.resources.values()}
    return found - set(RULES) - set(USAGE) - set(FREE)
