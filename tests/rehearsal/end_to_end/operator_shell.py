"""The shell of an operator: it has sourced the rehearsal's environment, and acts in one account."""

import os
import pty
import select
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .conftest import Standing

SECONDS = 420


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it printed to both streams."""

    code: int
    output: str


class OperatorShell:
    """Runs commands by bash in the rehearsed project, each in a shell that has sourced the environment file."""

    def __init__(self, standing: Standing, *, first: str) -> None:
        """`first`: what the operator types once in each shell."""
        self._standing = standing
        self._first = first
        virtual_environment(standing.project)

    def run(self, command: str, *, stack: str, typed: str = "") -> Outcome:
        """Run a command in the account of a stack, with `typed` at its keyboard; a question is answered with yes."""
        project = self._standing.project
        script = "\n".join(
            (
                "set -e",
                f"cd {shlex.quote(str(project))}",
                "set -a; . build/rehearsal/environment; set +a",
                f"export AWS_ACCESS_KEY_ID={self._standing.accounts[stack]}",
                self._first,
                command,
            )
        )
        home = project.parent / "home"
        home.mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_PAGER": "",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "TERM": "dumb",
            **{f"GIT_{who}_{what}": "test@bank.example" for who in WHO for what in ("NAME", "EMAIL")},
        }
        return _at_a_terminal(["bash", "-c", script], environment, typed)


WHO = ("AUTHOR", "COMMITTER")


def virtual_environment(project: Path) -> None:
    """Give a checkout the programs of this virtual environment, as `make install` would have left them."""
    folder = project / ".venv"
    if folder.exists():
        return
    folder.mkdir()
    marks = (".installed", ".on-path")
    for part in Path(sys.prefix).iterdir():
        if part.name not in marks:
            (folder / part.name).symlink_to(part)
    for mark in marks:  # newer than what they depend on, so that make installs nothing
        (folder / mark).touch()
    exclude = project / ".git" / "info" / "exclude"
    exclude.write_text(exclude.read_text() + ".venv\n")


def _at_a_terminal(command: list[str], environment: dict[str, str], typed: str) -> Outcome:
    """Run a command with a terminal for its input and output: the CDK CLI asks nobody else."""
    ours, theirs = pty.openpty()
    # Without an echo the output holds nothing that was typed; a width keeps tables whole.
    subprocess.run(["stty", "-echo", "cols", "400", "rows", "100"], stdin=theirs, check=True)
    process = subprocess.Popen(
        command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    if typed:
        os.write(ours, typed.encode() + b"\n\x04")
    output, answered, deadline = b"", 0, time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        readable, _, _ = select.select([ours], [], [], 0.2)
        if readable:
            try:
                output += os.read(ours, 65536)
            except OSError:  # so a terminal says that its last program has gone
                break
        elif process.poll() is not None:
            break
        if output.count(b"(y/n)") > answered:
            answered += 1
            os.write(ours, b"y\n")
    os.close(ours)
    if process.poll() is None and time.monotonic() >= deadline:
        process.kill()
    text = output.decode(errors="replace").replace("\r\n", "\n")
    return Outcome(process.wait(30), text)
