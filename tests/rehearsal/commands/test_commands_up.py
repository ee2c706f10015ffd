"""`up` leaves a rehearsal standing that the other commands find, and `down` ends it."""

import contextlib
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.workspace import Workspace
from tests.rehearsal.commands.shell import Shell, in_a_process_of_its_own
from tests.rehearsal.delivery.pieces import approval, pipeline, source, stage

CDK = Path(__file__).with_name("stand_in_cdk.py")
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@bank.example")


@pytest.fixture
def installed(project: Path, shell: Shell) -> Iterator[Path]:
    """A project whose pipeline is one gate; whatever is started in it is ended."""
    program = project / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(CDK))} "$@"\n')
    program.chmod(0o755)
    (project / "template.json").write_text(json.dumps(pipeline(source(), stage("Gate", approval()))))
    (project / ".gitignore").write_text("build/\nnode_modules/\n")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "the first"]):
        subprocess.run(["git", "-C", str(project), *IDENTITY, *command], check=True)
    yield project
    shell("down")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
def shell(project: Path) -> Shell:
    return Shell(project, in_a_process_of_its_own)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def test_up_says_where_it_is_and_how_to_go_on(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    assert "✓ deploy pipeline-test" in shell.said
    assert "Up: the pipeline delivery of account 111111111111 at http://127.0.0.1:" in shell.said
    assert f"git remote add rehearsal {installed}/build/rehearsal/source.git" in shell.said
    assert shell.json("status")["pipeline"] == "delivery"


def test_a_second_up_is_the_first_one(installed: Path, shell: Shell) -> None:
    first = shell.json("up")
    assert shell.json("up") == first
    said = shell.refused("up", "--port", "1234")
    assert said.endswith("`down` first to move it to another port")


def test_a_push_is_carried_out_while_nobody_looks(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    assert shell("push") == 0
    with contextlib.suppress(subprocess.TimeoutExpired):
        follow = [sys.executable, "-m", "rehearsal", "status", "--follow", "--project", str(installed)]
        subprocess.run(follow, cwd=Path(__file__).parents[3], timeout=3, capture_output=True, check=False)
    assert [waiting["stage"] for waiting in shell.json("status")["approvals"]] == ["Gate"]
    assert shell("approve") == 0
    assert shell("status", "--follow") == 0


def test_down_leaves_nothing_running(installed: Path, shell: Shell) -> None:
    pid = shell.json("up")["pid"]
    assert Workspace(installed).holder() == pid
    assert shell("down") == 0
    assert Workspace(installed).holder() is None
    assert not alive(pid)


def test_a_project_that_was_not_installed_is_told(project: Path, shell: Shell) -> None:
    assert "the rehearsal did not start; its log is" in shell.refused("up")
    assert "is missing: run `make install`" in shell.said
