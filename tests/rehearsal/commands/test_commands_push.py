"""`push` carries the last commit to the pipeline's source."""

import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import approval, pipeline, source, stage
from tests.rehearsal.service.world import World


def commit(project: Path) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@bank.example"]
    git = ["git", "-C", str(project), *identity]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "a change"], check=True)
    return subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_push_starts_the_pipeline_with_the_commit(world: World, shell: Shell, project: Path) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    revision = commit(project)
    assert shell("push") == 0
    (execution,) = world.engine.executions()
    assert f"Pushed {revision[:8]}; {execution.id[:8]} has started. Watch it: " in shell.said
    assert execution.revision == revision


def test_a_commit_that_is_there_already_starts_nothing_and_that_is_said(
    world: World, shell: Shell, project: Path
) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    told = {"commit": commit(project), "branch": "main"}
    assert shell.json("push").items() >= {**told, "pushed": True}.items()
    assert shell.json("push") == {**told, "pushed": False, "execution": None}
    assert shell("push") == 0
    assert "is there already, so nothing starts" in shell.said


def test_a_push_ends_when_its_own_execution_is_there(
    world: World, shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an execution of an earlier commit, and a rehearsal that is slow to notice pushes
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    monkeypatch.setattr("rehearsal.delivery.triggers._POLL_SECONDS", 1.5)
    first = shell.json("push")["execution"]

    commit(project)
    second = shell.json("push")["execution"]

    assert [execution.id for execution in world.engine.executions()] == [second, first]


def test_a_push_that_starts_nothing_says_so(
    world: World, shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.commands.push.STARTS_SECONDS", 1.0)
    monkeypatch.setattr("rehearsal.delivery.conductor.MOST_EXECUTIONS", 1)
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    assert shell("push") == 0
    revision = commit(project)
    assert shell("push") == 1
    assert f"Pushed {revision[:8]}, and nothing started within 1 s" in shell.said


def test_changes_that_are_not_committed_are_refused(world: World, shell: Shell, project: Path) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    (project / ".gitignore").write_text("build/\ndist/\n")
    assert shell.refused("push").startswith("not committed: .gitignore.")


def test_what_git_does_not_track_is_told_and_no_obstacle(world: World, shell: Shell, project: Path) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    (project / "notes.txt").touch()
    assert shell("push") == 0
    assert "Not in the commit, as git does not track it: notes.txt" in shell.said


def test_what_push_says_to_watch_can_be_watched(world: World, shell: Shell, project: Path) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    assert shell("push") == 0
    watch = shell.said.split("Watch it: python -m rehearsal ")[1].split()
    world.waiting()
    assert shell(*watch) == 3
