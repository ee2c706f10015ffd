"""A pipeline execution on the terminal: a live table where there is one, a line a change where there is none."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rehearsal.delivery import ActionState, Execution, StageState

SYMBOLS = {
    "InProgress": ("●", "cyan"),
    "Succeeded": ("✓", "green"),
    "Failed": ("✗", "red"),
    "Stopped": ("■", "yellow"),
    "Superseded": ("↷", "dim"),
    "Cancelled": ("■", "yellow"),
}
Answered = TypeVar("Answered")
NOT_STARTED = ("·", "dim")


class Watcher(Protocol):
    """Shows the newest state of an execution; `paused` hands the terminal over for a question."""

    def show(self, execution: Execution) -> None: ...
    def paused(self, ask: Callable[[], Answered]) -> Answered: ...
    def close(self) -> None: ...


def watcher(console: Console) -> Watcher:
    """The live table on a terminal, plain lines elsewhere."""
    return LiveTable(console) if console.is_terminal else Lines(console)


def seconds(part: Execution | StageState | ActionState) -> float | None:
    """Seconds that an execution, stage or action has taken, so far or in all; None before it starts."""
    if part.started is None:
        return None
    return (part.ended or time.time()) - part.started


class LiveTable:
    """Redraws the whole execution in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=False)
        self._live.start()

    def show(self, execution: Execution) -> None:
        self._live.update(table(execution))

    def paused(self, ask: Callable[[], Answered]) -> Answered:
        self._live.stop()
        try:
            return ask()
        finally:
            self._live.start()

    def close(self) -> None:
        self._live.stop()


class Lines:
    """Prints each change of state once, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: dict[tuple[str, str, str], str] = {}

    def show(self, execution: Execution) -> None:
        for stage in execution.stages:
            for action in stage.actions:
                key = (execution.id, stage.name, action.name)
                if action.status and self._told.get(key) != action.status:
                    self._told[key] = action.status
                    self._console.print(_line(stage, action), highlight=False, soft_wrap=True)

    def paused(self, ask: Callable[[], Answered]) -> Answered:
        return ask()

    def close(self) -> None:
        return None


def table(execution: Execution) -> RenderableType:
    """Stages with their seconds; the actions of those that are at work or failed."""
    grid = Table.grid(padding=(0, 1))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="ellipsis", no_wrap=True)
    title = f"{execution.pipeline}  {execution.revision[:8]}  {execution.message}"
    grid.add_row("", Text(title, style="bold"), _clock(execution), "")
    for stage in execution.stages:
        symbol, style = SYMBOLS.get(stage.status or "", NOT_STARTED)
        grid.add_row(Text(symbol, style=style), Text(stage.name, style="bold"), _clock(stage), "")
        if stage.status in ("InProgress", "Failed"):
            for action in stage.actions:
                symbol, style = SYMBOLS.get(action.status or "", NOT_STARTED)
                note = action.error or action.summary or ""
                label = Text(f"  {symbol} {action.name}", style=style)
                grid.add_row("", label, _clock(action), Text(note.split("\n")[0], style="dim"))
    return grid


def _line(stage: StageState, action: ActionState) -> Text:
    symbol, style = SYMBOLS.get(action.status or "", NOT_STARTED)
    note = f": {action.error or action.summary}" if action.error or action.summary else ""
    return Text(
        f"{symbol} {stage.name} / {action.name} {action.status}{_clock(action, before=' ')}{note}",
        style=style,
    )


def _clock(part: Execution | StageState | ActionState, before: str = "") -> str:
    spent = seconds(part)
    return "" if spent is None else f"{before}{spent:.0f} s"
