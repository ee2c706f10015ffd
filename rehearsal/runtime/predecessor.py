"""The rehearsal that held a state folder before this one: nothing of it may run when the next one starts."""

import json
import time
from pathlib import Path

from . import reaper

FILE = "guard.json"
_SECONDS = 30.0
_POLL_SECONDS = 0.05


class StillRunning(RuntimeError):  # noqa: N818 - what the caller reads is the condition
    """Something of an earlier rehearsal does not end; the message names the process."""


def write(state: Path, *, pid: int, token: str) -> None:
    """Note whose guard ends what runs for this folder."""
    (state / FILE).write_text(json.dumps({"pid": pid, "token": token}))


def wait_for_end(state: Path, *, own: str) -> None:
    """Wait until the guard of an earlier process has ended everything, and end what it missed.

    `own` is this process's token. Raises StillRunning after half a minute.
    """
    try:
        noted = json.loads((state / FILE).read_text())
        pid, token = int(noted["pid"]), str(noted["token"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return
    if token == own:
        return
    deadline = time.monotonic() + _SECONDS
    while token in _command_line(pid):
        if time.monotonic() > deadline:
            raise StillRunning(
                f"process {pid} still ends what an earlier rehearsal started: try again, or end it"
            )
        time.sleep(_POLL_SECONDS)
    # A guard that was killed as well has ended nothing.
    mark = token.encode()
    while left := reaper.marked_processes(mark):
        if time.monotonic() > deadline:
            raise StillRunning(
                f"process {left[0]} of an earlier rehearsal does not end: end it and try again"
            )
        reaper.end_marked(mark)
        time.sleep(_POLL_SECONDS)


def _command_line(pid: int) -> str:
    """How a process was started; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""
