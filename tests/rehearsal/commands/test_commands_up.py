"""`up` leaves a rehearsal standing that the other commands find, and `down` ends it."""

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.workspace import Workspace
from tests.rehearsal.commands.shell import Shell, in_a_process_of_its_own
from tests.rehearsal.delivery.pieces import approval, pipeline, source, stage
from tests.rehearsal.delivery.world import until
from tests.rehearsal.roles import policy, trust

CDK = Path(__file__).with_name("stand_in_cdk.py")
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@bank.example")


@pytest.fixture
def installed(project: Path, shell: Shell) -> Iterator[Path]:
    """A project whose pipeline is one gate; whatever is started in it is ended."""
    program = project / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(CDK))} "$@"\n')
    program.chmod(0o755)
    template = pipeline(source(), stage("Gate", approval()))
    trusted = json.loads(trust(Service="codepipeline.amazonaws.com"))
    allowed = json.loads(policy("codeconnections:UseConnection", "s3:PutObject", Resource="*"))
    template["Resources"]["Role"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "pipeline",
            "AssumeRolePolicyDocument": trusted,
            "Policies": [{"PolicyName": "source", "PolicyDocument": allowed}],
        },
    }
    (project / "template.json").write_text(json.dumps(template))
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


def waiting(shell: Shell) -> list[dict[str, str]]:
    """The approvals that wait, as soon as there are any."""
    found: list[dict[str, str]] = until(lambda: shell.json("status")["approvals"], tell=lambda: shell.said)
    return found


def test_up_says_where_it_is_and_how_to_go_on(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    assert "✓ deploy pipeline-test" in shell.said
    assert shell.said.count("Up: ") == 1
    assert "Up: the pipeline delivery of account 111111111111 at http://127.0.0.1:" in shell.said
    assert "git push rehearsal HEAD:main" in shell.said
    subprocess.run(["git", "-C", str(installed), "push", "-q", "rehearsal", "HEAD:main"], check=True)
    assert [approval["stage"] for approval in waiting(shell)] == ["Gate"]
    assert shell.json("status")["pipeline"] == "delivery"


def test_a_second_up_is_the_first_one(installed: Path, shell: Shell) -> None:
    first = shell.json("up")
    assert shell.json("up") == first
    said = shell.refused("up", "--port", "1234")
    assert said.endswith("`down` first to move it to another port")


def test_its_log_is_for_its_owner_alone(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    state = installed / "build" / "rehearsal"
    logs = [state / "rehearsal.log", *state.glob("logs/*.log")]
    assert len(logs) > 2
    assert {stat.S_IMODE(log.stat().st_mode) for log in logs} == {0o600}


def test_a_push_is_carried_out_while_nobody_looks(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    assert shell("push") == 0
    assert [approval["stage"] for approval in waiting(shell)] == ["Gate"]
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


def test_a_state_that_is_not_ours_is_told_and_can_be_left(installed: Path, shell: Shell) -> None:
    state = installed / "build" / "rehearsal"
    state.mkdir(parents=True)
    (state / "delivery.sqlite").write_text("no database at all, but long enough to be looked at" * 40)

    assert "the rehearsal did not start; its log is" in shell.refused("up")
    assert "delivery.sqlite cannot be read" in shell.said
    assert "by `python -m rehearsal up --fresh`" in shell.said
    assert shell("up", "--fresh") == 0


def test_after_kill_9_a_waiting_approval_still_waits(installed: Path, shell: Shell) -> None:
    pid = shell.json("up")["pid"]
    assert shell("push") == 0
    (before,) = waiting(shell)
    os.kill(pid, signal.SIGKILL)
    assert "no rehearsal of" in shell.refused("status")
    assert shell("up") == 0
    assert "what was deployed stands again" in shell.said
    (after,) = waiting(shell)
    assert (after["execution_id"], after["token"]) == (before["execution_id"], before["token"])
    assert shell("approve") == 0
    assert shell("status", "--follow") == 0


def test_up_can_begin_afresh(installed: Path, shell: Shell) -> None:
    assert shell("up") == 0
    assert shell("push") == 0
    waiting(shell)
    assert shell.refused("up", "--fresh").endswith("`down` first to begin afresh")
    assert shell("down") == 0
    assert shell("up", "--fresh") == 0
    assert shell.json("status")["executions"] == []
