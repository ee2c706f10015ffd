"""`docs/changes.md`: a row for each edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from pipeline.changes.effects import Effect
from pipeline.changes.interruptions import interruptions
from rehearsal.refusals.comparison import ResourceChange

INTRODUCTION = """\
# What an edit of the configuration does

For each field of an environment in `pipeline/environments.py`: one edit, and what it does to a running environment.
`make changes` writes this page: it synthesizes the templates before and after the edit, compares them by the resource
schemas of CloudFormation, and runs the deploy checks that the pipeline runs before every deployment. A test keeps the
page current.

- **in place**: CloudFormation updates the resources; customers notice nothing.
- **interrupts**: in place or replaced, and somebody may notice: the row says what.
- **replaced**: CloudFormation makes new resources first, moves to them, and deletes the old ones.
- **refused**: nothing is deployed. The synthesis or the step *Check* of the pipeline says why; the row says what to do
  instead.

No edit replaces or removes a resource that holds data. The edits start from an environment with every default, which
is not production. What was never seen on AWS stands in [unverified.md](unverified.md).
"""
HEAD = "| Field | Edit | Effect | What changes |\n|---|---|---|---|\n"
_TITLES = {"": "The environment", "api": "API"}
_MOST_TYPES = 4


def page(effects: Sequence[Effect]) -> str:
    """Return the page in Markdown."""
    parts = [INTRODUCTION]
    for part, rows in groupby(effects, key=lambda effect: _part(effect.edit.path)):
        title = _TITLES.get(part, part.capitalize())
        parts.append(f"## {title}\n\n{HEAD}" + "".join(_row(effect) for effect in rows))
    return "\n".join(parts)


def refused(effect: Effect) -> str:
    """Return why nothing would be deployed, in one sentence; empty if AWS would take the edit."""
    if effect.problem:
        return effect.problem
    found = [sentence for stack in effect.stacks for sentence in stack.refusals]
    return found[0].partition(". AWS: ")[0] if found else ""


def changes(effect: Effect) -> list[ResourceChange]:
    """Return what happens to the resources of all stacks."""
    return [change for stack in effect.stacks for change in stack.changes]


def _part(path: str) -> str:
    return path.partition(".")[0] if "." in path and not path.startswith("zone.") else ""


def _row(effect: Effect) -> str:
    edit = effect.edit
    return f"| `{edit.path}` | {edit.told} | {_effect(effect)} | {_counted(changes(effect))} |\n"


def _effect(effect: Effect) -> str:
    if sentence := refused(effect):
        return f"**refused**: {sentence}. Instead: {effect.edit.instead}"
    if effect.edit.instead:
        return effect.edit.instead
    found = changes(effect)
    if told := interruptions(found):
        return f"**interrupts**: {'; '.join(told)}"
    replaced = sorted({_kind(change) for change in found if change.effect == "replaced"})
    return f"replaced: {', '.join(replaced)}" if replaced else "in place"


def _counted(found: Sequence[ResourceChange]) -> str:
    counts = Counter((change.effect, _kind(change)) for change in found)
    if len(counts) > _MOST_TYPES:
        by_effect = Counter(change.effect for change in found)
        return ", ".join(f"{count} resources {effect}" for effect, count in sorted(by_effect.items()))
    return (
        ", ".join(f"{count} {kind} {effect}" for (effect, kind), count in sorted(counts.items())) or "nothing"
    )


def _kind(change: ResourceChange) -> str:
    return change.type.removeprefix("AWS::").replace("::", " ")
