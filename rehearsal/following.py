"""Following a pipeline's run to its end: what changes is shown, and approvals are answered by whoever may."""

import time
from collections.abc import Callable
from functools import partial

from rich.console import Console

from rehearsal.approvals import Approver
from rehearsal.client.executions import ENDED, Action, Execution
from rehearsal.client.pipeline import Pipeline
from rehearsal.display import Watcher, watcher

POLL_SECONDS = 0.5
# An execution that gives way to another ends a moment before or after that one is there to be seen.
GIVING_WAY = ("Cancelled", "Superseded")
RESTARTING = ("Cancelled",)  # by a change of the pipeline; an execution is superseded by another commit's
GIVING_WAY_SECONDS = 3.0
RECENT = 50  # executions among which the successor of one is looked for


def follow(
    pipeline: Pipeline,
    console: Console,
    *,
    execution: Execution | None = None,
    approver: Approver | None = None,
    until_gate: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Execution:
    """Show an execution until it is over; return it with its stages.

    By default that is the newest one, whichever it is at each moment: a pipeline that changes itself starts anew. One
    that is named is followed to the execution of its commit that takes its place. Without an `approver` an approval
    waits for somebody else's answer; with `until_gate` the execution is returned when nothing else is at work, also
    when it waits behind another execution's approval or before a disabled transition. `check`
    is called at each look, and raises where nothing can go on: the service itself may no longer be able to say so.
    """
    screen = watcher(console)
    try:
        return _until_over(pipeline, screen, execution, approver, until_gate=until_gate, check=check)
    finally:
        screen.close()


def _until_over(
    pipeline: Pipeline,
    screen: Watcher,
    execution: Execution | None,
    approver: Approver | None,
    *,
    until_gate: bool,
    check: Callable[[], None],
) -> Execution:
    patience: float | None = None
    held_since: float | None = None
    answered: set[str] = set()
    while True:
        check()
        now = _now(pipeline, execution)
        if now is not None:
            screen.show(now)
            if now.status in ENDED:
                patience = patience or time.monotonic() + GIVING_WAY_SECONDS
                gives_way = now.status in (GIVING_WAY if execution is None else RESTARTING)
                if not gives_way or time.monotonic() > patience:
                    return now
                execution = execution and _successor(pipeline, now)
            else:
                patience = None
                if until_gate and _waits_only(pipeline, now):
                    return now
                # Between two actions nothing is at work either, for a moment.
                held_since = (held_since or time.monotonic()) if _is_held(pipeline, now) else None
                if until_gate and held_since and time.monotonic() > held_since + GIVING_WAY_SECONDS:
                    return now
            if approver is not None:
                _answer(pipeline, screen, approver, answered)
        time.sleep(POLL_SECONDS)


def _now(pipeline: Pipeline, wanted: Execution | None) -> Execution | None:
    """The execution as it is now; the newest one if none is wanted in particular."""
    found = pipeline.summary(wanted.id) if wanted else next(iter(pipeline.executions(1)), None)
    return pipeline.execution(found) if found else None


def _successor(pipeline: Pipeline, ended: Execution) -> Execution:
    """The newest execution of the same commit, which has taken the place of one that has ended."""
    later = (
        e for e in pipeline.executions(RECENT) if e.revision == ended.revision and e.started >= ended.started
    )
    return next(later, ended)


def _waits_only(pipeline: Pipeline, execution: Execution) -> bool:
    """Whether a person must answer before anything goes on."""
    at_work = _at_work(execution)
    gates = [action for action in at_work if action.category == "Approval"]
    waiting = any(approval.execution_id == execution.id for approval in pipeline.waiting())
    return waiting and len(at_work) == len(gates) > 0


def _is_held(pipeline: Pipeline, execution: Execution) -> bool:
    """Whether it cannot enter a stage, which another execution occupies until a person answers, or which is closed."""
    if _at_work(execution):
        return False
    return bool(pipeline.waiting() or pipeline.closed_transitions())


def _at_work(execution: Execution) -> list[Action]:
    return [action for stage in execution.stages for action in stage.actions if action.status == "InProgress"]


def _answer(pipeline: Pipeline, screen: Watcher, approver: Approver, answered: set[str]) -> None:
    """Have each approval answered once: it may be seen waiting for a moment more."""
    for approval in pipeline.waiting():
        if approval.token not in answered:
            answered.add(approval.token)
            answer = screen.paused(partial(approver, approval))
            pipeline.answer(approval, status=answer.status, summary=answer.summary)
