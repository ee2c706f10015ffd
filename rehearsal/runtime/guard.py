"""Every child of the rehearsal starts here and ends with the rehearsal, even when that is killed with -9.

A small process (`reaper.py`) holds the other end of a pipe. A child announces its process group on the
pipe before it becomes the program asked for, so no moment is left in which it runs unguarded. (The kernel's
parent-death signal would not do: it follows the thread that started the child, not the process.)
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from . import predecessor

MARK = "REHEARSAL_GUARD"
# Standard input is the guard's pipe only until the group is announced; the program reads from /dev/null.
_ANNOUNCE = 'echo "$$" >&0; exec "$@" </dev/null'


class _Guard:
    """The reaper's process and the end of the pipe that keeps it waiting."""

    def __init__(self) -> None:
        self.token = token = uuid.uuid4().hex
        reader, self.pipe = os.pipe()
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("reaper.py")), token],
            stdin=reader,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        os.close(reader)
        # A rehearsal may run inside another one's build: keep the outer token beside ours. It is set for this
        # process too, so that children which the emulator starts by itself (functions) are found as well.
        self.mark = ":".join(filter(None, (os.environ.get(MARK), token)))
        os.environ[MARK] = self.mark


_lock = threading.Lock()
_guard: _Guard | None = None


def start(state: Path) -> None:
    """Start the guard unless it runs, for a rehearsal whose folder is `state`.

    Of an earlier rehearsal of that folder nothing runs any more then. Raises StillRunning.
    """
    state.mkdir(parents=True, exist_ok=True)
    guard = _running()
    predecessor.wait_for_end(state, own=guard.token)
    predecessor.write(state, pid=guard.process.pid, token=guard.token)


def _running() -> _Guard:
    global _guard
    with _lock:
        if _guard is None or _guard.process.poll() is not None:
            _guard = _Guard()
        return _guard


def marked(env: Mapping[str, str]) -> dict[str, str]:
    """An environment with the mark by which the guard finds a short-lived child that was not started here."""
    return {**env, MARK: _running().mark}


def spawn(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    output: IO[bytes] | int,
    user: int | None = None,
    group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session and process group of its own; the group's number is the child's pid.

    `env` is the whole environment (nothing is inherited but the guard's mark), `output` takes standard output
    and error, standard input is empty. `user` and `group` are ids, for a rehearsal that runs as root. Raises
    OSError if the folder is missing; a missing program ends with exit code 127 and a line in `output`.
    """
    guard = _running()
    return subprocess.Popen(  # noqa: S603  running what it is given is what it is for
        ["/bin/sh", "-c", _ANNOUNCE, "sh", *argv],
        cwd=cwd,
        env={**env, MARK: guard.mark},
        stdin=guard.pipe,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
    )


def end(
    process: subprocess.Popen[bytes], *, grace: float = 5.0, first: signal.Signals = signal.SIGTERM
) -> int:
    """End a child and everything in its process group; return the child's exit code.

    The child gets the signal `first` and `grace` seconds; what is left of the group is killed then. A group
    whose leader has ended by itself is cleared as well.
    """
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
