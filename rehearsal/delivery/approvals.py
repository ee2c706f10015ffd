"""Manual approvals that wait for a person: each with a token, an expiry, and one answer."""

import threading
import time
import uuid
from dataclasses import dataclass

from .errors import (
    Abandoned,
    ActionFailed,
    ActionNotFoundError,
    ApprovalAlreadyCompletedError,
    DeliveryError,
    InvalidApprovalTokenError,
)

_TICK = 0.2
_LONGEST_SUMMARY = 512


@dataclass(frozen=True, kw_only=True)
class PendingApproval:
    """An approval that waits. `custom_data` and `url` are what the action shows to the reviewer; `expires` is
    in seconds since the epoch."""

    pipeline: str
    stage: str
    action: str
    token: str
    execution_id: str
    revision: str
    custom_data: str
    url: str
    expires: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the reviewer said: `status` is Approved or Rejected, `by` who said so."""

    status: str
    summary: str
    by: str | None


class Approvals:
    """The waiting approvals of all pipelines."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, PendingApproval] = {}
        self._answers: dict[str, Answer] = {}
        self._completed: set[str] = set()

    def waiting(self) -> list[PendingApproval]:
        """What waits, oldest first."""
        with self._changed:
            return [approval for token, approval in self._waiting.items() if token not in self._answers]

    def ask(
        self,
        *,
        pipeline: str,
        stage: str,
        action: str,
        execution_id: str,
        revision: str,
        custom_data: str,
        url: str,
        minutes: float,
    ) -> PendingApproval:
        """Put a new approval up; it expires after `minutes`."""
        approval = PendingApproval(
            pipeline=pipeline,
            stage=stage,
            action=action,
            token=str(uuid.uuid4()),
            execution_id=execution_id,
            revision=revision,
            custom_data=custom_data,
            url=url,
            expires=time.time() + minutes * 60,
        )
        with self._changed:
            self._waiting[approval.token] = approval
        return approval

    def wait(self, approval: PendingApproval, abandoned: threading.Event) -> Answer:
        """Wait for the answer. Raises ActionFailed when it expires, Abandoned when the execution ends."""
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: approval.token in self._answers, _TICK)
                    if approval.token in self._answers:
                        return self._answers[approval.token]
                if abandoned.is_set():
                    raise Abandoned
                if time.time() > approval.expires:
                    raise ActionFailed("the approval expired: nobody answered in time")
        finally:
            with self._changed:
                self._waiting.pop(approval.token, None)
                self._completed.add(approval.token)

    def answer(
        self, *, pipeline: str, stage: str, action: str, token: str, status: str, summary: str, by: str | None
    ) -> None:
        """Answer a waiting approval.

        Raises DeliveryError for another status than Approved or Rejected or a summary over 512 characters,
        ActionNotFoundError if nothing waits there, InvalidApprovalTokenError for another action's token, and
        ApprovalAlreadyCompletedError for an approval that was answered or has expired.
        """
        if status not in ("Approved", "Rejected"):
            raise DeliveryError(f"status '{status}': use Approved or Rejected")
        if len(summary) > _LONGEST_SUMMARY:
            raise DeliveryError(f"the summary has {len(summary)} characters: at most {_LONGEST_SUMMARY}")
        with self._changed:
            if token in self._completed or token in self._answers:
                raise ApprovalAlreadyCompletedError(
                    f"{stage}/{action} of '{pipeline}' has been answered or has expired"
                )
            wanted = (pipeline, stage, action)
            waiting = [a for a in self._waiting.values() if (a.pipeline, a.stage, a.action) == wanted]
            if not waiting:
                raise ActionNotFoundError(f"no approval waits at {stage}/{action} of '{pipeline}'")
            if token not in {approval.token for approval in waiting}:
                raise InvalidApprovalTokenError(f"the token is not that of {stage}/{action} of '{pipeline}'")
            self._answers[token] = Answer(status=status, summary=summary, by=by)
            self._changed.notify_all()
