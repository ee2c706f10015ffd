"""The result of the check as text for people."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.refusals.comparison import ResourceChange
from rehearsal.refusals.deployment import StackChange

# More lines than these of one effect say no more: a new environment adds some three hundred resources.
_MOST_ADDED = 10


def as_text(environment: str, stacks: Sequence[StackChange], refusals: Sequence[str]) -> str:
    """Return one paragraph a stack, and what AWS would refuse at the end."""
    lines = []
    for stack in stacks:
        lines.append(f"{stack.stack}: {_counted(stack.changes)}")
        lines += [f"  {line}" for line in _listed(stack.changes)]
    if refusals:
        lines.append(f"\nAWS would refuse this deployment of {environment}. Nothing of it was made.")
        lines += [f"  {sentence}" for sentence in refusals]
    else:
        lines.append(f"AWS would take this deployment of {environment}, as far as its templates tell.")
    return "\n".join(lines)


def _counted(changes: Sequence[ResourceChange]) -> str:
    counts = {
        effect: sum(change.effect == effect for change in changes)
        for effect in ("added", "changed", "replaced", "removed")
    }
    return ", ".join(f"{count} {effect}" for effect, count in counts.items() if count) or "no change"


def _listed(changes: Sequence[ResourceChange]) -> list[str]:
    added = [change for change in changes if change.effect == "added"]
    if len(added) > _MOST_ADDED:
        changes = [change for change in changes if change.effect != "added"]
    return [f"{change}{' (what it holds is lost)' if change.loses_data else ''}" for change in changes]
