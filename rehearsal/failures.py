"""Why an execution failed: of each failed action the last lines that matter, and where the rest is."""

from rich.console import Console

from rehearsal.client import Action, Endpoint, Execution
from rehearsal.client.logs import events_of, log_of
from rehearsal.display import plain

LINES = 12


def show_failures(endpoint: Endpoint, execution: Execution, console: Console) -> None:
    """Print it; nothing where nothing failed. Raises botocore's ClientError as a service refuses."""
    for stage in execution.stages:
        for action in stage.actions:
            if action.status == "Failed":
                lines, more = _end(endpoint, action)
                console.print(f"\n{stage.name} / {action.name} failed:", style="red", markup=False)
                for line in lines[-LINES:] or [action.error or "it said nothing"]:
                    console.print(f"  {plain(line)}", markup=False, highlight=False, soft_wrap=True)
                rest = more or f"python -m rehearsal logs {stage.name}/{action.name}"
                console.print(f"  All of it: {rest}", markup=False, highlight=False, soft_wrap=True)


def _end(endpoint: Endpoint, action: Action) -> tuple[list[str], str]:
    """The lines of a build's log with its file, or those of a stack's events that tell of a failure."""
    log = log_of(endpoint, action)
    if log is None:
        return [line for line in events_of(endpoint, action) if "FAILED" in line], ""
    text = ""
    while added := log.new():
        text += added
    return text.splitlines(), str(log.path)
