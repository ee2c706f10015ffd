"""Starting one process for a test, waiting until it serves, and ending it."""

import contextlib
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.runtime import guard

SECONDS_TO_START = 60


def free_port() -> int:
    """A free port below those that the kernel gives to connections, so that none takes it before the server does."""
    while True:
        port = secrets.choice(range(10_000, 32_768))
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True, kw_only=True)
class Running:
    child: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.child.args!r} did not start:\n{self.log.read_text()}")
            time.sleep(0.02)


@contextlib.contextmanager
def running(
    argv: list[str],
    *,
    folder: Path,
    env: dict[str, str],
    user: int | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[Running]:
    log = folder / "log"
    with log.open("wb") as output:
        child = guard.spawn(argv, cwd=folder, env=env, output=output, user=user)
    try:
        yield Running(child=child, log=log)
    finally:
        guard.end(child, first=stop)
