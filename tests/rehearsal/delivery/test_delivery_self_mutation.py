"""A pipeline that a commit changes: the execution gives way to one by the new definition, once."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import ApprovalAlreadyCompletedError
from rehearsal.delivery.execution import Runner
from tests.rehearsal.delivery.pieces import approval, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import STACK, World, until

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
    world.ended()

    # THEN the first execution gave way to one with the new stage, and that one ran to its end
    second, first = world.engine.executions()
    assert (first.status, first.revision, first.version) == ("Cancelled", commit, 1)
    assert first.stage("UpdatePipeline").action("SelfMutate").status == "Succeeded"
    assert first.stage("Work").status is None
    assert (second.status, second.revision, second.version) == ("Succeeded", commit, 2)
    assert second.stage("New").status == "Succeeded"

    # AND a commit that leaves the definition alone runs once
    world.push(message="an application's change")
    world.ended()
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
    until(lambda: [a.revision for a in world.engine.pending_approvals()] == [commit])

    # THEN the old one is gone, and only the newer one waits
    world.answer(world.waiting()[0], "Approved")
    world.ended()
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Cancelled", "Cancelled"]
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(old, "Approved")


def test_execution_whose_place_was_taken_as_the_process_ended_is_cancelled_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a change of the pipeline whose process ends before it has ended the execution at the gate
    gate = stage("Gate", approval())
    world.deploy(mutating(gate))
    world.push({"mutate.py": MUTATE, "pipeline.json": json.dumps(mutating(gate))})
    (old,) = world.waiting()
    monkeypatch.setattr(Runner, "halt", lambda *_arguments, **_named: None)
    commit = world.push({"pipeline.json": json.dumps(mutating(gate, stage("New", build("Step", "Fine"))))})
    until(lambda: [e.version for e in world.engine.executions()] == [2, 1, 1])
    # An action at work would fail with the process. The newer execution is at rest once it waits for the gate.
    until(lambda: world.engine.executions()[0].stage("Work").status == "Succeeded")
    monkeypatch.undo()

    # WHEN another process takes over
    world.restart()

    # THEN only the newer one waits
    until(lambda: [a.revision for a in world.engine.pending_approvals()] == [commit])
    assert world.engine.get_pipeline_execution("delivery", old.execution_id).status == "Cancelled"


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
    until(lambda: world.engine.executions()[0].stage("Slow").status == "InProgress")
    template["Resources"]["Pipeline"]["Properties"]["Stages"][-1]["Name"] = "Renamed"
    world.push({"pipeline.json": json.dumps(template)})
    until(lambda: len(world.engine.executions()) == 3)
    until(lambda: world.engine.executions()[0].stage("Work").status == "Succeeded")

    # WHEN that action ends
    go.touch()
    world.ended()

    # THEN it succeeded, its execution is cancelled, and the pipeline was restarted once
    new, changing, old = world.engine.executions()
    assert (new.status, changing.status, old.status) == ("Succeeded", "Cancelled", "Cancelled")
    assert old.stage("Slow").action("Wait").status == "Succeeded"
    assert old.stage("Last").status is None


def test_failed_self_mutation_fails_the_execution_and_restarts_nothing(world: World) -> None:
    world.deploy(mutating())
    broken = mutating(stage("New", approval(), approval()))

    world.push({"mutate.py": MUTATE, "pipeline.json": json.dumps(broken)})
    world.ended()

    (execution,) = world.engine.executions()
    assert execution.status == "Failed"
    assert world.engine.get_pipeline("delivery").version == 1
