"""An approval that waits, for tests of those who are asked for it."""

from rehearsal.client import PendingApproval

APPROVAL = PendingApproval(
    pipeline="delivery",
    stage="Gate",
    action="Approve",
    token="t",  # noqa: S106  an approval's, for one answer
    execution_id="1",
    custom_data="Deploy [red]it[/red]? \x1b[2J",
    url="",
)
