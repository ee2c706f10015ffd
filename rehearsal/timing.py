"""The parts of a rehearsal, each shown while it goes on, and with its seconds once it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def timed(
    console: Console, part: str, seconds: dict[str, float], *, key: str | None = None
) -> Iterator[None]:
    """Show a part of the work while it is done; its seconds are put into `seconds`, under `key` or its own name.

    Nothing is noted of a part that raises.
    """
    began = time.monotonic()
    with console.status(f"{part} ..."):
        yield
    spent = time.monotonic() - began
    seconds[key or part] = round(spent, 1)
    console.print(f"[green]✓[/green] {part} [dim]{spent:.0f} s[/dim]", highlight=False)
