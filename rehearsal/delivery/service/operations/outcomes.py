"""What both GetPipelineState and ListActionExecutions tell of an action that ran."""

from ...state import ActionState


def changed(state: ActionState) -> float | None:
    """When the action's status last changed."""
    return state.updated or state.ended or state.started


def error(state: ActionState) -> dict[str, str] | None:
    """Why it failed; None if it did not."""
    return {"code": "JobFailed", "message": state.error} if state.error else None
