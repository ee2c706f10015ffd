"""Whether executions may pass into a stage, and out of it: what an operator disables to hold a release back."""

from dataclasses import dataclass

from .state import Execution


@dataclass(frozen=True, kw_only=True)
class Transition:
    """The way into a stage. `reason` and `changed_by` (an ARN) are of the last change, `changed` its time in
    seconds since the epoch; None where nobody ever changed it."""

    enabled: bool = True
    reason: str | None = None
    changed: float | None = None
    changed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class StageView:
    """A stage as it is now, over all executions of the pipeline.

    `latest` is the execution that entered it last, None before the first; the ids in `waiting` stand in front of
    it, the next one first.
    """

    name: str
    latest: Execution | None
    waiting: tuple[str, ...]
    inbound: Transition
