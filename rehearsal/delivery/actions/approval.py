"""Manual approvals: the action waits for PutApprovalResult."""

from ..errors import ActionFailed
from .context import ActionContext, ActionResult

_SEVEN_DAYS = 7 * 24 * 60  # minutes; AWS's own limit unless the action sets one


def run(context: ActionContext) -> ActionResult:
    """Wait for a person. Raises ActionFailed when the answer is no, or none comes in time."""
    configuration = context.action.configuration
    approval = context.services.approvals.ask(
        pipeline=context.pipeline.name,
        stage=context.stage,
        action=context.action.name,
        execution_id=context.execution_id,
        revision=context.revision,
        custom_data=configuration.get("CustomData", ""),
        url=configuration.get("ExternalEntityLink", ""),
        minutes=context.action.timeout or _SEVEN_DAYS,
    )
    context.tell(token=approval.token, summary=approval.custom_data or None)
    answer = context.services.approvals.wait(approval, context.abandoned)
    context.tell(token=None, summary=answer.summary, updated_by=answer.by)
    if answer.status == "Rejected":
        raise ActionFailed(f"Rejected: {answer.summary or 'no reason given'}")
    return ActionResult()
