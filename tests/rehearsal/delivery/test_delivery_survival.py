"""What is left of executions, approvals and builds when the process ends, in order or by kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from tests.rehearsal.delivery.pieces import approval, build, commands, gated, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World, until


def waiting_build(go: Path, beat: Path) -> dict[str, Any]:
    """A pipeline whose build beats until there is the file `go`."""
    line = f"until [ -e {go} ]; do date +%s%N > {beat}; sleep 0.05; done"
    return pipeline(
        source(),
        stage("Build", build("B", "P")),
        stage("Next", build("N", "Q")),
        projects={"P": project(commands(line)), "Q": project(commands("true"))},
    )


def test_approval_waits_on_with_its_token_in_the_next_process(world: World) -> None:
    world.deploy(gated(timeout_in_minutes=5))
    world.push()
    before = world.waiting()

    world.restart()

    assert world.engine.pending_approvals() == before
    action = world.engine.executions()[0].stage("Gate").action("Approve")
    assert (action.status, action.token) == ("InProgress", before[0].token)
    world.answer(before[0], "Approved", "after a night's sleep")
    world.ended()
    (execution,) = world.engine.executions()
    assert [s.status for s in execution.stages] == ["Succeeded"] * 3
    assert execution.stage("Gate").action("Approve").summary == "after a night's sleep"


def test_approval_expires_at_the_time_that_was_set_in_the_process_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy(gated(timeout_in_minutes=5))
    world.push()
    (pending,) = world.waiting()
    world.engine.stop()
    monkeypatch.setattr("time.time", lambda: pending.expires + 1)

    world.restart()

    world.ended()
    error = world.engine.executions()[0].stage("Gate").action("Approve").error
    assert error == "the approval expired: nobody answered in time"


def test_finished_executions_are_the_same_in_the_next_process(world: World) -> None:
    template = pipeline(
        source(),
        stage("Build", build("B", "P", namespace="b")),
        projects={"P": project(commands("X=1", env={"exported-variables": ["X"]}))},
    )
    world.run(template)
    before = world.engine.executions(), world.engine.list_action_executions("delivery")
    builds = world.engine.list_builds(account="111111111111")

    world.restart()

    assert (world.engine.executions(), world.engine.list_action_executions("delivery")) == before
    assert world.engine.list_builds(account="111111111111") == builds
    assert before[0][0].stage("Build").action("B").variables == {"X": "1"}
    assert world.engine.get_pipeline("delivery").version == 1


def test_executions_in_the_queue_wait_on_in_their_order(world: World) -> None:
    world.deploy(gated())
    commits = [world.push(message=f"number {n}") for n in range(3)]
    assert not world.engine.wait(0.1)
    until(lambda: [e.stage("Source").status for e in world.engine.executions()] == ["Succeeded"] * 3)

    approved = []
    for _ in commits:
        world.restart()
        (pending,) = world.waiting()
        approved.append(pending.revision)
        world.answer(pending, "Approved")
        until(lambda pending=pending: pending not in world.engine.pending_approvals())  # type: ignore[misc]

    world.ended()
    assert approved == commits


def test_push_while_no_process_stands_starts_an_execution_in_the_next(world: World) -> None:
    world.deploy(gated())
    world.push()
    world.waiting()
    world.engine.stop()
    newest = world.push(message="pushed to nobody")

    world.restart()

    until(lambda: len(world.engine.executions()) == 2)
    assert world.engine.executions()[0].revision == newest


def test_build_and_approval_side_by_side_end_as_each_can(world: World, tmp_path: Path) -> None:
    # GIVEN an approval that waits beside a build, in one stage
    template = waiting_build(tmp_path / "go", tmp_path / "beat")
    template["Resources"]["Pipeline"]["Properties"]["Stages"][1]["Actions"].append(approval())
    world.deploy(template)
    world.push()
    (pending,) = world.waiting()
    until((tmp_path / "beat").exists)

    # WHEN the process ends
    world.restart()

    # THEN the build has failed, the approval waits, and the stage fails once it is answered
    both = world.engine.executions()[0].stage("Build")
    assert [(a.name, a.status) for a in both.actions] == [("B", "Failed"), ("Approve", "InProgress")]
    world.answer(pending, "Approved")
    world.ended()
    (execution,) = world.engine.executions()
    assert (execution.status, execution.stage("Build").status) == ("Failed", "Failed")

    # AND a retry runs the build only
    (tmp_path / "go").touch()
    world.engine.retry_stage_execution("delivery", "Build", execution.id)
    world.ended()
    assert world.engine.executions()[0].status == "Succeeded"


def is_still(beat: Path) -> bool:
    """Whether nobody writes into the file any more."""
    before = beat.read_text() if beat.exists() else ""
    time.sleep(0.3)
    return before == (beat.read_text() if beat.exists() else "")


@pytest.fixture
def killed(running_cloud: Cloud, tmp_path: Path) -> Iterator["Killed"]:
    import ministack.app

    made = Killed(running_cloud, tmp_path)
    yield made
    made.world.engine.stop()
    ministack.app._reset_all_state()


class Killed:
    """A world whose first process was killed by kill -9 in the middle of its work."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self._cloud, self._folder = cloud, folder
        self.world: World

    def run(self, template: dict[str, Any]) -> None:
        """Have the process killed, and begin with another one that has the same deployed."""
        state, work = self._folder / "state", self._folder / "work"
        for name, resource in template["Resources"].items():  # the second cloud must not invent other names
            if resource["Type"] == "AWS::CodeBuild::Project":
                resource["Properties"]["Name"] = name
        template["Resources"]["Artifacts"]["Properties"] = {"BucketName": "artifacts"}
        command = [sys.executable, "-m", "tests.rehearsal.delivery.victim", str(state), str(work)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ
        ) as victim:
            assert victim.stdin is not None
            assert victim.stdout is not None
            victim.stdin.write(json.dumps(template))
            victim.stdin.close()
            assert victim.stdout.readline() == "ready\n"
            victim.send_signal(signal.SIGKILL)
        self.world = World(self._cloud, state, work, watch=False)
        self.world.deploy(template)
        self.world.engine.watch()


def test_build_under_a_killed_process_is_shown_as_failed_and_can_be_retried(
    killed: Killed, tmp_path: Path
) -> None:
    go, beat = tmp_path / "go", tmp_path / "beat"
    killed.run(waiting_build(go, beat))
    engine = killed.world.engine

    (execution,) = engine.executions()
    assert [s.status for s in execution.stages] == ["Succeeded", "Failed", None]
    assert execution.status == "Failed"
    assert execution.stage("Build").action("B").error == "the rehearsal ended while this ran"
    (ended,) = engine.list_builds(account="111111111111")
    assert (ended.status, ended.phases[-1].type) == ("FAULT", "COMPLETED")
    until(lambda: is_still(beat))  # soon nothing of it runs any more

    go.touch()
    assert engine.retry_stage_execution("delivery", "Build", execution.id) == execution.id
    killed.world.ended()
    (execution,) = engine.executions()
    assert [s.status for s in execution.stages] == ["Succeeded"] * 3
    runs = engine.list_action_executions("delivery", execution.id)
    assert [run.action.status for run in runs if run.stage == "Build"] == ["Succeeded", "Failed"]
    assert len({run.action.log for run in runs if run.stage == "Build"}) == 2


def test_approval_under_a_killed_process_waits_on(killed: Killed) -> None:
    killed.run(gated())
    world = killed.world

    (pending,) = world.engine.pending_approvals()
    world.answer(pending, "Approved")

    world.ended()
    (execution,) = world.engine.executions()
    assert [s.status for s in execution.stages] == ["Succeeded"] * 3
