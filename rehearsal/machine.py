"""What the rehearsal needs of this machine and of the project's checkout, asked before anything is started."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rehearsal.network import unreachable_registries
from rehearsal.runtime.addresses import NETWORK
from rehearsal.runtime.postgres_programs import PROGRAMS, PostgresError, Programs
from rehearsal.workspace import Workspace, WorkspaceError

MEGABYTE = 1024 * 1024
NEEDED_MEGABYTES = 1500  # a whole run of three environments, with its databases and downloads, measured: 700
FULL_MEGABYTES = 16  # less than what one build writes
_SAY_FULL = ("ENOSPC", "No space left on device", "database or disk is full")  # Node.js, C's library, SQLite

Level = Literal["problem", "warning"]


class MachineError(RuntimeError):
    """This machine or this checkout cannot be rehearsed on; a line for each reason, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """`ask` answers for a project what is wrong and what to do, in a sentence; nothing if all is well.

    A `problem` stops a rehearsal at its start, a `warning` is only told. With `only_doctor` the command that needs it
    says so itself, and only `doctor` asks beforehand.
    """

    name: str
    ask: Callable[[Path], str]
    level: Level = "problem"
    only_doctor: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A check's answer: `sentence` is empty where all is well."""

    name: str
    level: Level
    sentence: str


def examine(root: Path, checks: Sequence[Check]) -> list[Finding]:
    """Ask all checks side by side; their answers in order."""
    with ThreadPoolExecutor() as pool:
        sentences = pool.map(lambda check: check.ask(root), checks)
        return [
            Finding(name=c.name, level=c.level, sentence=s) for c, s in zip(checks, sentences, strict=True)
        ]


def require(root: Path, warn: Callable[[str], None]) -> None:
    """Ask what a start asks; pass warnings on. Raises MachineError with every problem."""
    found = [f for f in examine(root, [check for check in CHECKS if not check.only_doctor]) if f.sentence]
    for finding in found:
        if finding.level == "warning":
            warn(f"{finding.name}: {finding.sentence}")
    if problems := [f"{f.name}: {f.sentence}" for f in found if f.level == "problem"]:
        raise MachineError("\n".join(problems))


def stop_if_full(root: Path) -> None:
    """Raise MachineError once the disk is full: nothing can be written down any more, not even a failure."""
    if full := full_disk(root, ""):
        raise MachineError(full)


def full_disk(root: Path, told: str) -> str:
    """A sentence if the project's disk is full, which is then the reason for whatever failed; else nothing.

    `told` are the words of the failure: a program that met the full disk may have made room since by ending.
    """
    free = shutil.disk_usage(root).free // MEGABYTE
    if free >= FULL_MEGABYTES and not any(words in told for words in _SAY_FULL):
        return ""
    return (
        f"The disk of {root} is full ({free} MB are free now): "
        "make room, for example with `make clean`, and try again"
    )


def _system(_root: Path) -> str:
    if sys.platform == "linux":
        return ""
    return f"this is {sys.platform}: use Linux, on Windows WSL 2, on a Mac a virtual machine or a container"


def _git(_root: Path) -> str:
    return (
        "" if shutil.which("git") else "there is no git on the PATH: install it, for example apt install git"
    )


def _disk(root: Path) -> str:
    free = shutil.disk_usage(root).free // MEGABYTE
    if free >= NEEDED_MEGABYTES:
        return ""
    return f"{free} MB are free on the disk of {root}, and a run takes up to {NEEDED_MEGABYTES}: make room"


def _loopback(_root: Path) -> str:
    address = f"{NETWORK}.255.251"
    try:
        with socket.create_server((address, 0)):
            return ""
    except OSError as error:
        return f"{address} cannot be used ({error.strerror}): every address of 127.0.0.0/8 must be this machine's"


def _postgresql(root: Path) -> str:
    """Make an empty database where the rehearsal's will be: as root that takes another user, who must get there."""
    state = root / "build" / "rehearsal"
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=state) as folder:
        try:
            programs = Programs(max(PROGRAMS), Path(folder), password="")
            data = Path(folder) / "data"
            data.mkdir(mode=0o700)
            programs.give(data)
            programs.run("initdb", "--pgdata", str(data), "--no-sync", "--auth", "trust")
        except (PostgresError, OSError) as error:
            reason = str(error).splitlines()[-1]
            return f"it does not run here ({reason}){_hint()}"
    return ""


def _hint() -> str:
    """What most likely keeps PostgreSQL from running for this user."""
    if os.geteuid() == 0:
        return (
            "; as root it runs as the user nobody, which takes the capabilities CAP_SETUID, CAP_SETGID, CAP_SETPCAP "
            "and CAP_DAC_OVERRIDE: run as a plain user, or give the container those"
        )
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return f"; it asks for a user with a name, and {os.geteuid()} has none: add one to /etc/passwd"
    return ""


def _installed(root: Path) -> str:
    cdk = root / "node_modules" / ".bin" / "cdk"
    return "" if cdk.exists() else f"{cdk} is missing: run `make install`"


def _commit(root: Path) -> str:
    try:
        Workspace(root).commit()
    except (WorkspaceError, OSError) as error:
        return str(error)
    return ""


def _line_ends(root: Path) -> str:
    """Scripts whose first line ends with a carriage return: the kernel looks for an interpreter of that name."""
    listed = subprocess.run(
        ["git", "ls-files", "--eol", "-z"],  # noqa: S607  the user's own git
        cwd=root,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    ).stdout
    pairs = (line.partition("\t") for line in listed.split("\0"))
    windows = (root / name for info, _, name in pairs if "w/crlf" in info or "w/mixed" in info)
    scripts = [str(path.relative_to(root)) for path in windows if path.read_bytes()[:2] == b"#!"]
    if not scripts:
        return ""
    return (
        f"{', '.join(scripts[:3])} end their lines with CRLF, and will not run: "
        "git config core.autocrlf false, delete the files and git checkout them again"
    )


def _registries(root: Path) -> str:
    found = unreachable_registries(root)
    return f"{' and '.join(found)}: builds that install something new will fail" if found else ""


CHECKS = (
    Check(name="operating system", ask=_system),
    Check(name="git", ask=_git),
    Check(name="disk", ask=_disk),
    Check(name="loopback addresses", ask=_loopback),
    Check(name="PostgreSQL", ask=_postgresql),
    Check(name="line ends", ask=_line_ends),
    Check(name="package registries", ask=_registries, level="warning"),
    Check(name="installation", ask=_installed, only_doctor=True),
    Check(name="commit", ask=_commit, only_doctor=True),
)
