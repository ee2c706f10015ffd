"""What starts an execution, who waits for whom, and what ends it from outside."""

import subprocess
import time
from pathlib import Path

import pytest

from rehearsal.delivery import (
    PipelineNotFoundError,
)
from tests.rehearsal.delivery.pieces import approval, build, commands, gated, pipeline, project, source, stage
from tests.rehearsal.delivery.world import STACK, World, until


def test_pipeline_deployed_after_the_first_push_starts_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a push that nobody has noticed yet
    monkeypatch.setattr("rehearsal.delivery.triggers._POLL_SECONDS", 60)
    time.sleep(0.3)
    commit = world.push()

    world.deploy(pipeline(source(), stage("S", build("B", "P")), projects={"P": project(commands("true"))}))

    assert world.engine.wait(30)
    (execution,) = world.engine.executions()
    assert (execution.trigger, execution.revision) == ("CreatePipeline", commit)


def test_push_to_another_branch_starts_nothing(world: World) -> None:
    world.deploy(pipeline(source(), stage("S", approval())))
    world.push()
    target = str(world.state / "source.git")
    subprocess.run(["git", "-C", str(world.work), "push", "-q", target, "HEAD:side"], check=True)
    world.waiting()

    assert not world.engine.wait(0.1)
    assert len(world.engine.executions()) == 1
    assert world.engine.source.branch == "main"


def test_queued_executions_pass_a_stage_in_the_order_of_their_pushes(world: World) -> None:
    world.deploy(gated())
    commits = [world.push(message=f"number {n}") for n in range(3)]
    assert not world.engine.wait(0.1)
    until(lambda: [e.stage("Source").status for e in world.engine.executions()] == ["Succeeded"] * 3)

    approved = []
    for _ in commits:
        (pending,) = world.waiting()
        approved.append(pending.revision)
        world.answer(pending, "Approved")
        while world.engine.pending_approvals() == [pending]:
            time.sleep(0.02)

    assert world.engine.wait(30)
    assert approved == commits
    assert [e.status for e in world.engine.executions()] == ["Succeeded"] * 3


def test_waiting_execution_is_superseded_by_a_newer_one(world: World) -> None:
    template = gated()
    template["Resources"]["Pipeline"]["Properties"]["ExecutionMode"] = "SUPERSEDED"
    world.deploy(template)
    for number in range(3):
        world.push(message=f"number {number}")
        assert not world.engine.wait(0.1)
        world.waiting()
        # The first holds the gate; each later one is in front of it before the next is pushed.
        until(lambda: world.engine.executions()[0].stage("Source").status == "Succeeded")
    until(lambda: world.engine.executions()[1].status == "Superseded")

    for _ in range(2):
        pending = world.waiting()
        world.answer(pending[0], "Approved")
        while world.engine.pending_approvals() == pending:
            time.sleep(0.02)

    assert world.engine.wait(30)
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Superseded", "Succeeded"]


def test_stop_ends_running_builds_with_all_they_started(world: World, tmp_path: Path) -> None:
    # GIVEN a build that has a process of its own in the background
    beat = tmp_path / "beat"
    lines = ('(while :; do date +%s%N > "$BEAT"; sleep 0.05; done) &', "sleep 600")
    template = pipeline(
        source(),
        stage("Build", build("B", "P", variables=[{"name": "BEAT", "value": str(beat)}])),
        projects={"P": project(commands(*lines))},
    )
    world.deploy(template)
    world.push()
    assert not world.engine.wait(0.1)
    until(beat.exists)

    # WHEN the engine stops
    began = time.monotonic()
    world.engine.stop()

    # THEN soon nothing runs, and the state says so
    assert time.monotonic() - began < 10
    last = beat.read_text()
    time.sleep(0.3)
    assert beat.read_text() == last
    (execution,) = world.engine.executions()
    assert (execution.status, execution.stage("Build").status) == ("Failed", "Failed")
    assert execution.stage("Build").action("B").error == "the rehearsal ended while this ran"
    assert not list((world.state / "builds").iterdir())


def test_deleted_pipeline_ends_its_executions(world: World) -> None:
    world.deploy(gated())
    world.push()
    pending = world.waiting()[0]

    cloudformation = world.cloud.client("cloudformation", "111111111111")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 0.1})

    assert world.engine.wait(30)
    assert world.engine.executions()[0].status == "Cancelled"
    with pytest.raises(PipelineNotFoundError):
        world.answer(pending, "Approved")
