"""`push` carries the last commit to the pipeline's source."""

import subprocess
from pathlib import Path

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
    assert f"Pushed {revision[:8]}. Watch it: python -m rehearsal status --follow" in shell.said
    (pending,) = world.waiting()
    assert pending.revision == revision


def test_a_commit_that_is_there_already_starts_nothing_and_that_is_said(
    world: World, shell: Shell, project: Path
) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    revision = commit(project)
    assert shell.json("push") == {"commit": revision, "branch": "main", "pushed": True}
    assert shell.json("push") == {"commit": revision, "branch": "main", "pushed": False}
    assert shell("push") == 0
    assert "is there already, so nothing starts" in shell.said


def test_changes_that_are_not_committed_are_refused(world: World, shell: Shell, project: Path) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    commit(project)
    (project / "app.py").touch()
    assert shell.refused("push").startswith("not committed: app.py.")
