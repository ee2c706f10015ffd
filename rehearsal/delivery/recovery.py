"""What becomes of an execution that breaks off, and how a stage is set back to be run again."""

from dataclasses import replace

from .book import stamped
from .errors import ExecutionNotStoppableError, NotLatestExecutionError, StageNotRetryableError
from .state import ENDED, ActionState, Execution, StageState

_ENDED_UNDER_IT = "the rehearsal ended while this ran"
_BEGUN = ("InProgress", "Stopping")  # of a stage that an execution is in


def interrupted(execution: Execution) -> Execution:
    """The execution as it is once nothing of it runs any more.

    A running action has failed, but for an approval, which waits on. A stage in which nothing waits has failed
    with its action, and the execution with its stage. One that waits for a person, or for its turn, is unchanged.
    """
    if execution.status in ENDED:
        return execution
    stages = tuple(_interrupted(stage) for stage in execution.stages)
    execution = replace(execution, stages=stages)
    if any(stage.status == "Failed" for stage in stages):
        outcome = "Stopped" if execution.status == "Stopping" else "Failed"
        return stamped(execution, {"status": outcome})
    return execution


def _interrupted(stage: StageState) -> StageState:
    if stage.status not in _BEGUN:
        return stage
    actions = tuple(
        action if action.category == "Approval" else _failed(action, _ENDED_UNDER_IT)
        for action in stage.actions
    )
    stage = replace(stage, actions=actions)
    statuses = {action.status for action in actions}
    if "Failed" in statuses and "InProgress" not in statuses:
        return stamped(stage, {"status": "Failed"})
    return stage


def broken_off(execution: Execution, why: str) -> Execution:
    """The execution after a fault of the rehearsal's own: what was at work has failed, and its stage with it."""
    stages = tuple(
        stamped(
            replace(stage, actions=tuple(_failed(action, why) for action in stage.actions)),
            {"status": "Failed"},
        )
        if stage.status in _BEGUN
        else stage
        for stage in execution.stages
    )
    return stamped(replace(execution, stages=stages, summary=why), {"status": "Failed"})


def _failed(action: ActionState, why: str) -> ActionState:
    """The action as Failed if it was at work."""
    return stamped(action, {"status": "Failed", "error": why}) if action.status == "InProgress" else action


def check_retry(execution: Execution, stage: str, *, version: int, latest: Execution | None) -> None:
    """Whether a stage may be run again: `version` is the pipeline's now, `latest` entered the stage last.

    Raises StageNotRetryableError and NotLatestExecutionError.
    """
    if execution.version != version:
        raise StageNotRetryableError(
            f"the pipeline '{execution.pipeline}' has changed since the execution {execution.id} started"
        )
    if latest is not None and latest.id != execution.id and execution.mode != "PARALLEL":
        raise NotLatestExecutionError(f"the execution {latest.id} has been in the stage '{stage}' since")
    retryable = ("Failed", "Stopped")
    if execution.status not in retryable or execution.stage(stage).status not in retryable:
        raise StageNotRetryableError(
            f"the stage '{stage}' of the execution {execution.id} has no failed action to retry"
        )


def set_back(execution: Execution, stage_name: str, *, everything: bool) -> Execution:
    """The execution with a stage begun anew: its failed actions, or all of them, are to be run again."""

    def begun_anew(stage: StageState) -> StageState:
        actions = tuple(
            action if action.status == "Succeeded" and not everything else action.not_started()
            for action in stage.actions
        )
        return stamped(replace(stage, actions=actions), {"status": "InProgress"})

    stages = tuple(begun_anew(stage) if stage.name == stage_name else stage for stage in execution.stages)
    return stamped(replace(execution, stages=stages, summary=None), {"status": "InProgress"})


def stopping(execution: Execution, reason: str) -> Execution:
    """The execution on its way to a stop; the stage that it is in too. Raises ExecutionNotStoppableError."""
    if execution.status in ENDED:
        raise ExecutionNotStoppableError(f"the execution {execution.id} is {execution.status}")
    stages = tuple(
        replace(stage, status="Stopping") if stage.status == "InProgress" else stage
        for stage in execution.stages
    )
    return replace(execution, status="Stopping", stages=stages, summary=reason or None)
