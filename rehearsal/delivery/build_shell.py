"""The shell of a build: one bash in which every command runs, with a time limit that ends all it started."""

import os
import select
import subprocess
import time
from pathlib import Path
from typing import IO, Protocol

from rehearsal.runtime import guard

from .errors import Abandoned

_DRIVER = Path(__file__).with_name("build_driver.sh")
_TICK = 0.1


class TimedOut(Exception):  # noqa: N818 - what happened, not a fault of the program
    """The build's time is over."""


class Signal(Protocol):
    """Whether something has been asked for."""

    def is_set(self) -> bool:
        """Whether so."""


class BuildShell:
    """Runs commands one after another in `cwd`; their output goes to `log`.

    `folder` is a private, existing folder for the pipes. `deadline` is a time of `time.monotonic()`, and
    `abandoned` ends the build early. Use as a context manager: at its end no process of the build is left.
    """

    def __init__(
        self,
        *,
        folder: Path,
        cwd: Path,
        env: dict[str, str],
        log: IO[bytes],
        deadline: float,
        abandoned: Signal,
    ) -> None:
        self._folder, self._cwd, self._env, self._log = folder, cwd, env, log
        self._deadline, self._abandoned = deadline, abandoned
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "BuildShell":
        for name in ("requests", "results"):
            os.mkfifo(self._folder / name, 0o600)
        # Opened for both directions, so that opening never waits for the shell.
        self._requests = os.open(self._folder / "requests", os.O_RDWR)
        self._results = os.open(self._folder / "results", os.O_RDWR)
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()
        os.close(self._requests)
        os.close(self._results)

    def run(self, command: str, *, succeeding: bool) -> int:
        """Run one command, and answer its exit code. Raises TimedOut and Abandoned."""
        self._count += 1
        (self._folder / f"{self._count}.sh").write_text(command + "\n")
        return self._ask(f"run {self._count}.sh {int(succeeding)}")

    def variables(self, names: tuple[str, ...]) -> dict[str, str]:
        """The shell's variables of these names, as they are now; empty where one is not set."""
        self._ask(f"export exported {' '.join(names)}")
        pairs = (self._folder / "exported").read_bytes().decode(errors="replace").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if pair)

    def _ask(self, request: str) -> int:
        if self._process is None:
            self._process = guard.spawn(
                ["bash", "--noprofile", "--norc", str(_DRIVER), str(self._folder)],
                cwd=self._cwd,
                env=self._env,
                output=self._log,
            )
        os.write(self._requests, request.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            if select.select([self._results], [], [], _TICK)[0]:
                answer += os.read(self._results, 64)
            elif self._process.poll() is not None:
                code = self._process.returncode
                self._end()
                return code
            elif self._abandoned.is_set():
                raise Abandoned
            elif time.monotonic() > self._deadline:
                raise TimedOut
        return int(answer)

    def _end(self) -> None:
        if self._process is not None:
            guard.end(self._process)
            self._process = None
