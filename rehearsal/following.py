"""Following a pipeline's run to its end: what changes is shown, and approvals are answered by whoever may."""

import time
from functools import partial

from rich.console import Console

from rehearsal.approvals import Approver
from rehearsal.client.executions import ENDED, Execution
from rehearsal.client.pipeline import Pipeline
from rehearsal.display import Watcher, watcher

POLL_SECONDS = 0.5
# An execution that gives way to another ends a moment before or after that one is there to be seen.
GIVING_WAY = ("Cancelled", "Superseded")
GIVING_WAY_SECONDS = 3.0


def follow(
    pipeline: Pipeline,
    console: Console,
    *,
    execution: Execution | None = None,
    approver: Approver | None = None,
) -> Execution:
    """Show an execution until it is over; return it with its stages.

    By default that is the newest one, whichever it is at each moment: a pipeline that changes itself starts anew.
    Without an `approver` an approval waits for somebody else's answer.
    """
    screen = watcher(console)
    try:
        return _until_over(pipeline, screen, execution, approver)
    finally:
        screen.close()


def _until_over(
    pipeline: Pipeline, screen: Watcher, execution: Execution | None, approver: Approver | None
) -> Execution:
    patience: float | None = None
    answered: set[str] = set()
    while True:
        now = _now(pipeline, execution)
        if now is not None:
            screen.show(now)
            if now.status in ENDED:
                patience = patience or time.monotonic() + GIVING_WAY_SECONDS
                gives_way = execution is None and now.status in GIVING_WAY
                if not gives_way or time.monotonic() > patience:
                    return now
            else:
                patience = None
            if approver is not None:
                _answer(pipeline, screen, approver, answered)
        time.sleep(POLL_SECONDS)


def _now(pipeline: Pipeline, wanted: Execution | None) -> Execution | None:
    """The execution as it is now; the newest one if none is wanted in particular."""
    found = pipeline.summary(wanted.id) if wanted else next(iter(pipeline.executions(1)), None)
    return pipeline.execution(found) if found else None


def _answer(pipeline: Pipeline, screen: Watcher, approver: Approver, answered: set[str]) -> None:
    """Have each approval answered once: it may be seen waiting for a moment more."""
    for approval in pipeline.waiting():
        if approval.token not in answered:
            answered.add(approval.token)
            answer = screen.paused(partial(approver, approval))
            pipeline.answer(approval, status=answer.status, summary=answer.summary)
