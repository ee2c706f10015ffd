"""A pipeline execution on the terminal: a live table where there is one, a line a change where there is none."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rehearsal.client.executions import Action, Execution, Stage

SYMBOLS = {
    "InProgress": ("●", "cyan"),
    "Succeeded": ("✓", "green"),
    "Failed": ("✗", "red"),
    "Stopped": ("■", "yellow"),
    "Superseded": ("↷", "dim"),
    "Cancelled": ("■", "yellow"),
    "Stopping": ("■", "yellow"),
    "Abandoned": ("■", "yellow"),
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


def plain(text: str) -> str:
    """A text of somebody else's, a commit's message for example, without what would steer the terminal."""
    return "".join(character if character.isprintable() or character in "\n\t" else "?" for character in text)


def mark(status: str | None) -> Text:
    """The symbol of a status, in its colour."""
    symbol, style = SYMBOLS.get(status or "", NOT_STARTED)
    return Text(symbol, style=style)


def seconds(part: Execution | Stage | Action) -> float | None:
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
    # A reason is read to its end, so it is folded rather than cut.
    grid.add_column(overflow="fold")
    title = plain(f"{execution.pipeline}  {execution.revision[:8]}  {execution.message}").split("\n")[0]
    for stage in execution.stages:
        grid.add_row(mark(stage.status), Text(stage.name, style="bold"), clock(stage), "")
        if stage.status in ("InProgress", "Failed", "Stopped"):
            for action in stage.actions:
                label = Text.assemble("  ", mark(action.status), f" {action.name}")
                grid.add_row("", label, clock(action), Text(_note(action).split("\n")[0], style="dim"))
    return Group(Text.assemble((title, "bold"), "  ", clock(execution)), grid)


def _line(stage: Stage, action: Action) -> Text:
    symbol, style = SYMBOLS.get(action.status or "", NOT_STARTED)
    note = f": {_note(action)}" if _note(action) else ""
    return Text(
        f"{symbol} {stage.name} / {action.name} {action.status}{clock(action, before=' ')}{note}",
        style=style,
    )


def _note(action: Action) -> str:
    return plain(action.error or action.summary or "")


def clock(part: Execution | Stage | Action, before: str = "") -> str:
    """The seconds that it has taken, as shown; nothing before it starts."""
    spent = seconds(part)
    return "" if spent is None else f"{before}{spent:.0f} s"
