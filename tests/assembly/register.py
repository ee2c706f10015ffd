"""The list of the invariants and, for each, the ways to break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.assembly.synthesis import Synthesis

Invariant = Callable[[Synthesis], Iterator[str]]
Breakage = Callable[[Synthesis], None]

INVARIANTS: dict[str, Invariant] = {}
"""`family.name` -> what yields a message for each place where it is broken."""
TWINS: list[tuple[str, Breakage]] = []
"""The invariant that must see it, and what breaks an assembly."""


def told(stack: str, where: str, *, found: object, wanted: object) -> str:
    """The one shape of a message: stack, logical id (or stage and action), what is there and what should be."""
    return f"{stack} {where}: found {found}, wanted {wanted}"


def each_has(
    synthesis: Synthesis, *types: str, field: str, wanted: Sequence[object], default: object = None
) -> Iterator[str]:
    """A message for each resource of these types whose property is none of the wanted values.

    `default` is what AWS does where the template says nothing.
    """
    for template, logical_id, properties in synthesis.properties(*types):
        found = properties.get(field, default)
        if found not in wanted:
            choice = " or ".join(map(str, wanted))
            yield told(template.stack, logical_id, found=f"{field} {found}", wanted=choice)


def name_of(invariant: Invariant) -> str:
    return f"{invariant.__module__.rpartition('.')[2]}.{invariant.__name__}"


def invariant(check: Invariant) -> Invariant:
    """Put it on the list."""
    INVARIANTS[name_of(check)] = check
    return check


def breaks(invariant: Invariant) -> Callable[[Breakage], Breakage]:
    """Put a breakage on the list of that invariant's twins."""

    def register(breakage: Breakage) -> Breakage:
        TWINS.append((name_of(invariant), breakage))
        return breakage

    return register
