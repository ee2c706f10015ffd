"""Self-mutation, approvals, queues, and the end of it all."""

import json
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import (
    ActionNotFoundError,
    ApprovalAlreadyCompletedError,
    DeliveryError,
    InvalidApprovalTokenError,
    PipelineNotFoundError,
    StageNotFoundError,
)
from tests.rehearsal.delivery.pieces import approval, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import STACK, World

# What `cdk deploy` does: update the stack unless nothing changed, and wait for it.
MUTATE = f"""
import boto3, pathlib
cloudformation = boto3.client("cloudformation", region_name="us-east-1")
try:
    cloudformation.update_stack(StackName="{STACK}", TemplateBody=pathlib.Path("pipeline.json").read_text())
    waiter = cloudformation.get_waiter("stack_update_complete")
    waiter.wait(StackName="{STACK}", WaiterConfig={{"Delay": 1, "MaxAttempts": 30}})
except cloudformation.exceptions.ClientError as error:
    assert "No updates" in str(error), error
"""


def mutating(*added: dict[str, Any]) -> dict[str, Any]:
    """A pipeline that updates itself from pipeline.json of the commit, then runs the added stages."""
    update = stage("UpdatePipeline", build("SelfMutate", "Mutation"))
    projects = {"Mutation": project(commands("python mutate.py")), "Fine": project(commands("true"))}
    return pipeline(source(), update, stage("Work", build("Do", "Fine")), *added, projects=projects)


def test_changed_definition_restarts_the_execution_once_with_the_same_commit(world: World) -> None:
    # GIVEN a deployed pipeline, and a commit whose pipeline has one more stage
    world.deploy(mutating())
    changed = mutating(stage("New", build("Step", "Fine")))
    commit = world.push({"mutate.py": MUTATE, "pipeline.json": json.dumps(changed)})

    # WHEN it has run
    assert world.engine.wait(60)

    # THEN the first execution gave way to one with the new stage, and that one ran to its end
    second, first = world.engine.executions()
    assert (first.status, first.revision, first.version) == ("Cancelled", commit, 1)
    assert first.stage("UpdatePipeline").action("SelfMutate").status == "Succeeded"
    assert first.stage("Work").status is None
    assert (second.status, second.revision, second.version) == ("Succeeded", commit, 2)
    assert second.stage("New").status == "Succeeded"

    # AND a commit that leaves the definition alone runs once
    world.push(message="an application's change")
    assert world.engine.wait(60)
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Succeeded", "Cancelled"]


def test_execution_that_waits_for_a_person_ends_when_a_newer_one_changes_the_definition(world: World) -> None:
    # GIVEN an execution at a gate
    gate = stage("Gate", approval())
    world.deploy(mutating(gate))
    files = {"mutate.py": MUTATE, "pipeline.json": json.dumps(mutating(gate))}
    world.push(files)
    (old,) = world.waiting()

    # WHEN a newer commit changes the pipeline
    commit = world.push({"pipeline.json": json.dumps(mutating(gate, stage("New", build("Step", "Fine"))))})
    _until(lambda: [a.revision for a in world.engine.pending_approvals()] == [commit])

    # THEN the old one is gone, and only the newer one waits
    world.answer(world.waiting()[0], "Approved")
    assert world.engine.wait(60)
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Cancelled", "Cancelled"]
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(old, "Approved")


def test_execution_at_work_finishes_its_action_and_restarts_nothing_again(
    world: World, tmp_path: Path
) -> None:
    # GIVEN an execution whose last but one action runs while a newer commit changes the pipeline
    go = tmp_path / "go"
    slow = project(commands(f"until [ -e {go} ]; do sleep 0.05; done"))
    template = mutating(stage("Slow", build("Wait", "Slow")), stage("Last", build("Step", "Fine")))
    template["Resources"]["Slow"] = slow
    world.deploy(template)
    world.push({"mutate.py": MUTATE, "pipeline.json": json.dumps(template)})
    assert not world.engine.wait(0.1)
    _until(lambda: world.engine.executions()[0].stage("Slow").status == "InProgress")
    template["Resources"]["Pipeline"]["Properties"]["Stages"][-1]["Name"] = "Renamed"
    world.push({"pipeline.json": json.dumps(template)})
    _until(lambda: len(world.engine.executions()) == 3)

    # WHEN that action ends
    go.touch()
    assert world.engine.wait(60)

    # THEN it succeeded, its execution is cancelled, and the pipeline was restarted once
    new, changing, old = world.engine.executions()
    assert (new.status, changing.status, old.status) == ("Succeeded", "Cancelled", "Cancelled")
    assert old.stage("Slow").action("Wait").status == "Succeeded"
    assert old.stage("Last").status is None


def test_failed_self_mutation_fails_the_execution_and_restarts_nothing(world: World) -> None:
    world.deploy(mutating())
    broken = mutating(stage("New", approval(), approval()))

    world.push({"mutate.py": MUTATE, "pipeline.json": json.dumps(broken)})
    assert world.engine.wait(60)

    (execution,) = world.engine.executions()
    assert execution.status == "Failed"
    assert world.engine.get_pipeline("delivery").version == 1


def test_pipeline_deployed_after_the_first_push_starts_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a push that nobody has noticed yet
    monkeypatch.setattr("rehearsal.delivery.engine._POLL_SECONDS", 60)
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


def gated(**more: Any) -> dict[str, Any]:
    return pipeline(
        source(),
        stage("Gate", approval(**more)),
        stage("prod", build("B", "P")),
        projects={"P": project(commands("true"))},
    )


def test_rejected_approval_fails_the_stage_with_its_reason(world: World) -> None:
    world.deploy(gated())
    world.push()

    world.answer(world.waiting()[0], "Rejected", "not on a Friday")

    assert world.engine.wait(30)
    (execution,) = world.engine.executions()
    assert execution.stage("Gate").action("Approve").error == "Rejected: not on a Friday"
    assert execution.stage("prod").status is None


def test_approval_that_nobody_answers_expires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(gated(timeout_in_minutes=5))
    world.push()
    pending = world.waiting()[0]
    assert 299 < pending.expires - time.time() < 301

    monkeypatch.setattr("time.time", lambda: pending.expires + 1)
    assert world.engine.wait(30)

    (execution,) = world.engine.executions()
    assert execution.stage("Gate").action("Approve").error == "the approval expired: nobody answered in time"
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(pending, "Approved")


def test_answers_that_codepipeline_refuses(world: World) -> None:
    world.deploy(gated())
    world.push()
    pending = world.waiting()[0]

    for change, error in (
        ({"pipeline": "other"}, PipelineNotFoundError),
        ({"stage": "Other"}, StageNotFoundError),
        ({"action": "Other"}, ActionNotFoundError),
        ({"stage": "prod", "action": "B"}, ActionNotFoundError),
        ({"token": "other"}, InvalidApprovalTokenError),
    ):
        with pytest.raises(error):
            world.answer(replace(pending, **change), "Approved")  # type: ignore[arg-type]
    with pytest.raises(DeliveryError, match="use Approved or Rejected"):
        world.answer(pending, "Perhaps")
    with pytest.raises(DeliveryError, match="513 characters: at most 512"):
        world.answer(pending, "Approved", "x" * 513)

    world.answer(pending, "Approved")
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(pending, "Approved")


def test_queued_executions_pass_a_stage_in_the_order_of_their_pushes(world: World) -> None:
    world.deploy(gated())
    commits = [world.push(message=f"number {n}") for n in range(3)]
    assert not world.engine.wait(0.1)
    _until(lambda: [e.stage("Source").status for e in world.engine.executions()] == ["Succeeded"] * 3)

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
        world.engine.wait(0.1)
        world.waiting()
        # The first holds the gate; each later one is in front of it before the next is pushed.
        _until(lambda n=number: world.engine.executions()[-1 - n].stage("Source").status == "Succeeded")
    _until(lambda: world.engine.executions()[1].status == "Superseded")

    for _ in range(2):
        pending = world.waiting()[0]
        world.answer(pending, "Approved")
        _until(lambda p=pending: p not in world.engine.pending_approvals())

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
    _until(beat.exists)

    # WHEN the engine stops
    began = time.monotonic()
    world.engine.stop()

    # THEN soon nothing runs, and the state says so
    assert time.monotonic() - began < 10
    last = beat.read_text()
    time.sleep(0.3)
    assert beat.read_text() == last
    (execution,) = world.engine.executions()
    assert (execution.status, execution.stage("Build").status) == ("Stopped", "Stopped")
    assert execution.stage("Build").action("B").status == "Abandoned"
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


def _until(condition: Any) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
