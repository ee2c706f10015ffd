"""Manual approvals that wait for a person: each with a token, an expiry, and one answer."""

import threading
import time
from dataclasses import dataclass, replace

from .database import Database
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


@dataclass(frozen=True, kw_only=True)
class _Approval:
    """`over`: it has expired, or its execution has ended."""

    asked: PendingApproval
    answer: Answer | None = None
    over: bool = False


class Approvals:
    """The approvals of all pipelines; those that waited when the rehearsal ended wait on in the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        self._suspended = False
        self._approvals = {a.asked.token: a for a in database.all("approvals", _Approval)}

    def waiting(self) -> list[PendingApproval]:
        """What waits, oldest first."""
        with self._changed:
            return [a.asked for a in self._approvals.values() if a.answer is None and not a.over]

    def ask(self, approval: PendingApproval) -> None:
        """Put an approval up, unless the one of its token is up already."""
        with self._changed:
            if approval.token not in self._approvals:
                self._keep(_Approval(asked=approval))

    def wait(self, token: str, abandoned: threading.Event) -> Answer:
        """Wait for the answer. Raises ActionFailed when it expires, Abandoned when the execution ends."""
        while True:
            with self._changed:
                approval = self._approvals[token]
                if approval.answer:
                    return approval.answer
                if self._suspended:
                    raise Abandoned
                if approval.over or time.time() > approval.asked.expires:
                    self._keep(replace(approval, over=True))
                    raise ActionFailed("the approval expired: nobody answered in time")
                if abandoned.is_set():
                    self._keep(replace(approval, over=True))
                    raise Abandoned
                self._changed.wait(_TICK)

    def suspend(self) -> None:
        """Let nobody wait any more, and every approval wait on for the next process."""
        with self._changed:
            self._suspended = True
            self._changed.notify_all()

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
            wanted = (pipeline, stage, action)
            there = [
                a
                for a in self._approvals.values()
                if (a.asked.pipeline, a.asked.stage, a.asked.action) == wanted
            ]
            approval = next((a for a in there if a.asked.token == token), None)
            if approval is None:
                if not any(a.answer is None and not a.over for a in there):
                    raise ActionNotFoundError(f"no approval waits at {stage}/{action} of '{pipeline}'")
                raise InvalidApprovalTokenError(f"the token is not that of {stage}/{action} of '{pipeline}'")
            if approval.answer or approval.over or time.time() > approval.asked.expires:
                raise ApprovalAlreadyCompletedError(
                    f"{stage}/{action} of '{pipeline}' has been answered or has expired"
                )
            self._keep(replace(approval, answer=Answer(status=status, summary=summary, by=by)))

    def _keep(self, approval: _Approval) -> None:
        with self._database.change() as change:
            change.put("approvals", approval.asked.token, approval)
        self._approvals[approval.asked.token] = approval
        self._changed.notify_all()
