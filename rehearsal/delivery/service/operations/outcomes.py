"""What both GetPipelineState and ListActionExecutions tell of an action that ran."""

import uuid

from ...state import ActionState, Execution


def action_execution_id(execution: Execution, state: ActionState) -> str:
    """The id of one run of an action: the same whenever it is asked for."""
    return str(uuid.uuid5(uuid.UUID(execution.id), f"{state.name} {state.started}"))


def changed(state: ActionState) -> float | None:
    """When the action's status last changed."""
    return state.ended or state.started


def error(state: ActionState) -> dict[str, str] | None:
    """Why it failed; None if it did not."""
    return {"code": "JobFailed", "message": state.error} if state.error else None
