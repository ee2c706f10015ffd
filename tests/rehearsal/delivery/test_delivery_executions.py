"""What starts an execution, who waits for whom, and what ends it from outside."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import DeliveryError, PipelineNotFoundError, TooManyExecutionsError, conductor
from tests.rehearsal.delivery.pieces import approval, build, commands, gated, pipeline, project, source, stage
from tests.rehearsal.delivery.world import STACK, World, until


def in_mode(mode: str) -> dict[str, Any]:
    """A pipeline with a gate, in an execution mode."""
    template = gated()
    template["Resources"]["Pipeline"]["Properties"]["ExecutionMode"] = mode
    return template


def test_pipeline_deployed_after_the_first_push_starts_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a push that nobody has noticed yet
    monkeypatch.setattr("rehearsal.delivery.triggers._POLL_SECONDS", 600)
    world.restart()
    commit = world.push()

    world.deploy(pipeline(source(), stage("S", build("B", "P")), projects={"P": project(commands("true"))}))

    world.ended()
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
        until(lambda pending=pending: pending not in world.engine.pending_approvals())  # type: ignore[misc]

    world.ended()
    assert approved == commits
    assert [e.status for e in world.engine.executions()] == ["Succeeded"] * 3


def test_waiting_execution_is_superseded_by_a_newer_one(world: World) -> None:
    world.deploy(in_mode("SUPERSEDED"))
    for number in range(3):
        world.push(message=f"number {number}")
        assert not world.engine.wait(0.1)
        world.waiting()
        # The first holds the gate; each later one is in front of it before the next is pushed.
        until(lambda: world.engine.executions()[0].stage("Source").status == "Succeeded")
    until(lambda: world.engine.executions()[1].status == "Superseded")

    for _ in range(2):
        (pending,) = world.waiting()
        world.answer(pending, "Approved")
        until(lambda pending=pending: pending not in world.engine.pending_approvals())  # type: ignore[misc]

    world.ended()
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
    world.engine.stop()

    # THEN nothing runs, and the state says so
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

    world.ended()
    assert world.engine.executions()[0].status == "Cancelled"
    with pytest.raises(PipelineNotFoundError):
        world.answer(pending, "Approved")


def test_execution_takes_values_for_the_variables_that_the_pipeline_declares(world: World) -> None:
    shown = build("B", "P", variables=[{"name": "WHO", "value": "#{variables.WHO} #{variables.WHY}"}])
    world.push()
    world.deploy(
        pipeline(
            source(),
            stage("Build", shown),
            projects={"P": project(commands('echo "for $WHO"'))},
            Variables=[{"Name": "WHO", "DefaultValue": "nobody"}, {"Name": "WHY", "DefaultValue": "because"}],
        )
    )
    world.ended()

    world.engine.start_pipeline_execution("delivery", variables={"WHO": "you"})

    world.ended()
    newest, first = world.engine.executions()
    assert "for nobody because" in world.log(first, "Build", "B")
    assert "for you because" in world.log(newest, "Build", "B")
    assert newest.variables == {"WHO": "you", "WHY": "because"}
    with pytest.raises(DeliveryError, match="declares no variable 'HOW'"):
        world.engine.start_pipeline_execution("delivery", variables={"HOW": "x"})


def test_same_request_token_starts_one_execution(world: World) -> None:
    world.deploy(gated())
    world.push()
    world.waiting()

    first, again = (
        world.engine.start_pipeline_execution("delivery", request_token="once")  # noqa: S106 - no secret
        for _ in range(2)
    )

    assert first == again
    assert len(world.engine.executions()) == 2


def test_no_more_executions_than_the_quota_wait_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "MOST_EXECUTIONS", 2)
    world.deploy(gated())
    for number in range(3):
        world.push(message=f"number {number}")
    assert not world.engine.wait(0.1)
    (pending,) = world.waiting()

    assert len(world.engine.executions()) == 2
    with pytest.raises(TooManyExecutionsError):
        world.engine.start_pipeline_execution("delivery")
    world.answer(pending, "Rejected")
    until(lambda: world.engine.executions()[1].status == "Failed")
    world.engine.start_pipeline_execution("delivery")


def test_quota_is_not_for_executions_that_supersede_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "MOST_EXECUTIONS", 1)
    world.deploy(in_mode("SUPERSEDED"))
    world.push()
    world.waiting()

    world.engine.start_pipeline_execution("delivery")

    assert len(world.engine.executions()) == 2


def test_parallel_executions_are_in_a_stage_together(world: World) -> None:
    world.deploy(in_mode("PARALLEL"))
    commits = [world.push(message=f"number {n}") for n in range(2)]

    pending = world.waiting(2)

    assert {approval.revision for approval in pending} == set(commits)
    for each in reversed(pending):
        world.answer(each, "Approved")
    assert world.ended().status == "Succeeded"
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Succeeded"]
