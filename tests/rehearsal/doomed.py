"""A rehearsal in a process of its own, to be killed."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def doomed(program: str, folder: Path, number: signal.Signals = signal.SIGKILL) -> Iterator[None]:
    """Runs the program with the folder as its argument; enters once it prints `ready`, and sends the signal at
    the end."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as rehearsal:
        try:
            assert rehearsal.stdout is not None
            assert rehearsal.stdout.readline() == b"ready\n"
            yield
        finally:
            rehearsal.send_signal(number)
