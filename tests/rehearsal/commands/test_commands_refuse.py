"""What no command can do is told in one sentence."""

import errno
from pathlib import Path

import pytest

from rehearsal.client import Endpoint
from rehearsal.commands import COMMANDS, Command
from rehearsal.workspace import Workspace
from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.service.world import World

CLIENTS = (
    ("push",),
    ("status",),
    ("logs", "Synth"),
    ("approve",),
    ("reject", "--why", "no"),
    ("retry",),
    ("stop",),
    ("open",),
    ("aws", "dev"),
    ("psql", "dev"),
)
PIPELINES = CLIENTS[1:7]


@pytest.mark.parametrize("command", CLIENTS, ids=lambda command: command[0])
def test_without_a_rehearsal_every_client_says_how_to_start_one(shell: Shell, command: tuple[str]) -> None:
    assert "is up: start one with `python -m rehearsal up`" in shell.refused(*command)


@pytest.mark.parametrize("command", PIPELINES, ids=lambda command: command[0])
def test_a_pipeline_that_is_gone_is_told_in_the_services_words(
    world: World, shell: Shell, command: tuple[str]
) -> None:
    assert "The pipeline's service refuses: " in shell.refused(*command)


def test_a_rehearsal_that_is_being_prepared_is_told(shell: Shell, project: Path) -> None:
    with Workspace(project):
        assert "is still being prepared, or is ending" in shell.refused("status")


def test_an_endpoint_that_does_not_answer_is_told(shell: Shell, project: Path) -> None:
    workspace = Workspace(project)
    with workspace:
        Endpoint(
            pid=0,
            url="http://127.0.0.1:9",
            region="us-east-1",
            account=ACCOUNT,
            pipeline="delivery",
            repository="nowhere",
            branch="main",
        ).write(workspace.state)
        assert "The rehearsal does not answer" in shell.refused("status")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_project_that_is_not_there_is_told_and_not_made(
    shell: Shell, project: Path, command: Command
) -> None:
    project.rmdir()
    needed = {"logs": ["Synth"], "reject": ["--why", "no"], "run": ["--approve", "all"]}
    needed |= {name: ["dev"] for name in ("aws", "psql")}

    told = shell.refused(command.name, *needed.get(command.name, []))

    assert told == f"--project {project}: there is no such folder"
    assert not project.exists()


@pytest.mark.parametrize(("command", "longest"), [("approve", 512), ("reject", 512), ("stop", 200)])
@pytest.mark.parametrize("shorter", [True, False])
def test_a_reason_that_the_service_would_refuse_is_told_in_our_words(
    shell: Shell, command: str, longest: int, shorter: bool
) -> None:
    reason = " " if shorter else "x" * (longest + 1)

    assert shell.refused(command, "--why", reason) == f"--why: give a reason of 1 to {longest} characters"


def test_a_machine_that_refuses_is_told(shell: Shell, project: Path) -> None:
    (project / "build").touch()

    told = shell.refused("status")

    assert told == f"This machine refuses: [Errno 20] Not a directory: '{project}/build/rehearsal/lock'"


def breaks(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let `status` break with this error."""

    def find(_root: Path) -> Endpoint:
        raise error

    monkeypatch.setattr("rehearsal.commands.status.find", find)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (EOFError(), "The question was not answered: there is no more input"),
        (OSError(errno.ENOSPC, "full"), "This machine refuses: [Errno 28] full"),
        (OSError(errno.EPERM, "not yours"), "This machine refuses: [Errno 1] not yours"),
    ],
)
def test_what_is_nobodys_fault_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    breaks(monkeypatch, error)

    assert shell.refused("status") == sentence


@pytest.mark.parametrize("error", [KeyError("name"), ConnectionResetError(errno.ECONNRESET, "reset")])
def test_what_is_our_own_fault_is_shown_with_its_place(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    breaks(monkeypatch, error)

    with pytest.raises(type(error)):
        shell("status")


def test_what_cannot_be_told_from_what_was_there_is_not_destroyed(
    world: World, shell: Shell, project: Path
) -> None:
    assert "a `run` is at work here: " in shell.refused("destroy")
    (project / "build" / "rehearsal" / "environment").touch()
    assert "a `run` has deployed this, and did not note what was there before: " in shell.refused("destroy")


def test_down_without_a_rehearsal_is_no_error(shell: Shell) -> None:
    assert shell("down") == 0
    assert "No rehearsal of this project is up." in shell.said


def test_the_users_own_aws_settings_do_not_count(
    world: World, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-the-user")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert "refuses: " in shell.refused("status")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_commands_help_teaches(
    shell: Shell, capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    with pytest.raises(SystemExit, match="0"):
        shell(command.name, "--help")
    told = capsys.readouterr().out
    assert f"usage: python -m rehearsal {command.name}" in told
    assert len(told.splitlines()) > 8
