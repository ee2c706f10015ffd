"""Manual approvals: the action waits for PutApprovalResult."""

import time
import uuid

from ..approvals import PendingApproval
from ..errors import ActionFailed
from .context import ActionContext, ActionResult

_SEVEN_DAYS = 7 * 24 * 60  # minutes; AWS's own limit unless the action sets one


def run(context: ActionContext) -> ActionResult:
    """Wait for a person. Raises ActionFailed when the answer is no, or none comes in time."""
    configuration, approvals = context.action.configuration, context.services.approvals
    approval = PendingApproval(
        pipeline=context.pipeline.name,
        stage=context.stage,
        action=context.action.name,
        # One that waited when the rehearsal ended is the same action execution now: its token and expiry stay.
        token=str(uuid.uuid5(uuid.UUID(context.id), "approval")),
        execution_id=context.execution_id,
        revision=context.revision,
        custom_data=configuration.get("CustomData", ""),
        url=configuration.get("ExternalEntityLink", ""),
        expires=time.time() + (context.action.timeout or _SEVEN_DAYS) * 60,
    )
    approvals.ask(approval)
    context.tell(token=approval.token, summary=approval.custom_data or None, url=approval.url or None)
    answer = approvals.wait(approval.token, context.abandoned)
    context.tell(token=None, summary=answer.summary, updated_by=answer.by)
    if answer.status == "Rejected":
        raise ActionFailed(f"Rejected: {answer.summary or 'no reason given'}")
    return ActionResult()
