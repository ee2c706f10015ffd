"""Who answers the pipeline's manual approvals during a rehearsal."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.prompt import Prompt

from rehearsal.client.executions import PendingApproval
from rehearsal.client.pipeline import LONGEST_SUMMARY
from rehearsal.display import plain


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What PutApprovalResult is told: `status` is Approved or Rejected, `summary` the reason."""

    status: str
    summary: str


Approver = Callable[[PendingApproval], Answer]


def approve_all(_approval: PendingApproval) -> Answer:
    """Every approval at once, as `--approve all` asks."""
    return Answer(status="Approved", summary="approved by --approve all")


class AskAtTerminal:
    """Shows what waits and asks a person."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, approval: PendingApproval) -> Answer:
        self._console.print(f"\n[bold]{approval.stage} / {approval.action}[/bold] waits for a person.")
        if approval.custom_data:
            self._console.print(plain(approval.custom_data), markup=False)
        choice = Prompt.ask("Approve or reject?", choices=["a", "r"], console=self._console)
        return Answer(status="Approved" if choice == "a" else "Rejected", summary=self._reason())

    def _reason(self) -> str:
        asked = "Why (shown in the pipeline)"
        while (
            len(why := Prompt.ask(asked, default="no reason given", console=self._console)) > LONGEST_SUMMARY
        ):
            self._console.print(f"[prompt.invalid]At most {LONGEST_SUMMARY} characters")
        return why
