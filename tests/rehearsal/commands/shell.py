"""Commands as a user types them, and what comes of them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import pytest

from rehearsal.__main__ import main


class Shell:
    """`shell("status", "--json")` gives the exit code; `said` and `complained` are the outputs of the last command."""

    def __init__(self, project: Path, run: "Run") -> None:
        self.project = project
        self.said = self.complained = ""
        self._run = run

    def __call__(self, *arguments: str) -> int:
        command = [arguments[0], "--project", str(self.project), *arguments[1:]]
        code, self.said, self.complained = self._run(command)
        return code

    def refused(self, *arguments: str) -> str:
        """The one sentence with which a command is refused."""
        assert self(*arguments) == 2, self.said
        assert "Traceback" not in self.said + self.complained
        return (self.said + self.complained).strip()

    def json(self, *arguments: str) -> Any:
        """What a program reads from the command's standard output."""
        assert self(*arguments, "--json") == 0, self.complained
        return json.loads(self.said)


class Run(Protocol):
    """Carries a command out: its exit code, standard output and standard error."""

    def __call__(self, command: list[str], /) -> tuple[int, str, str]: ...


def in_this_process(capsys: pytest.CaptureFixture[str]) -> Run:
    """The quick way."""

    def run(command: list[str]) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(command)
        return code, *capsys.readouterr()

    return run


def in_a_process_of_its_own(command: list[str]) -> tuple[int, str, str]:
    """The way for a command that leaves something running behind."""
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", *command],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
