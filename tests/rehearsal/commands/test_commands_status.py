"""`status` shows a run with its stages, what waits, and the runs before it."""

import json
from pathlib import Path

import pytest

from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import (
    approval,
    build,
    commands,
    deployment,
    pipeline,
    project,
    source,
    stage,
)
from tests.rehearsal.service.world import World

BUILT = {"Unit": project(commands("true"))}
FAILING = {"Unit": project(commands("echo no; false"))}


def gated(world: World) -> None:
    """A run that waits at Gate/Approve."""
    gate = approval(configuration={"CustomData": "Deploy [red]it[/red]?"})
    world.deploy(pipeline(source(), stage("Gate", gate), stage("Later", approval())))
    world.push(message="say \x1b[2J more")
    world.waiting()


def test_before_the_first_push_it_says_how_to_start(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    assert shell("status") == 0
    assert "delivery at http://127.0.0.1" in shell.said
    assert "has not run yet: python -m rehearsal push" in shell.said
    assert shell.json("status")["execution"] is None


def test_stages_and_what_waits_are_shown(world: World, shell: Shell) -> None:
    gated(world)
    assert shell("status") == 0
    assert "✓ Source" in shell.said
    assert "● Gate" in shell.said
    assert "· Later" in shell.said
    assert "Gate / Approve waits for a person.\nDeploy [red]it[/red]?" in shell.said
    assert "python -m rehearsal approve Gate" in shell.said


def test_a_commit_message_cannot_steer_the_terminal(world: World, shell: Shell) -> None:
    gated(world)
    assert shell("status") == 0
    assert "say ?[2J more" in shell.said
    assert "\x1b" not in shell.said


def test_a_program_reads_all_of_it(world: World, shell: Shell) -> None:
    gated(world)
    read = shell.json("status")
    assert read["pipeline"] == "delivery"
    assert [stage["status"] for stage in read["execution"]["stages"]] == ["Succeeded", "InProgress", None]
    (action,) = read["execution"]["stages"][1]["actions"]
    assert (action["name"], action["status"], action["provider"]) == ("Approve", "InProgress", "Manual")
    (waits,) = read["approvals"]
    assert (waits["stage"], waits["custom_data"]) == ("Gate", "Deploy [red]it[/red]?")


def test_earlier_executions_are_listed_and_shown_by_their_ids(world: World, shell: Shell) -> None:
    world.run(pipeline(source(), stage("Test", build("Unit", "Unit")), projects=BUILT))
    world.push(message="the second")
    world.ended()
    first = world.engine.executions()[-1]
    assert shell("status") == 0
    assert "the second" in shell.said.split("Before it")[0]
    assert first.id[:8] in shell.said.split("Before it")[1]
    assert shell.json("status", "--execution", first.id[:8])["execution"]["id"] == first.id


@pytest.mark.parametrize("id_", ["nope", "0000"])
def test_an_unknown_execution_is_refused(world: World, shell: Shell, id_: str) -> None:
    gated(world)
    assert f"execution '{id_}': there is no such execution" in shell.refused("status", "--execution", id_)


def test_following_ends_with_the_run_and_gives_its_outcome(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Test", build("Unit", "Unit")), projects=BUILT))
    world.push()
    world.until(world.engine.executions)
    assert shell("status", "--follow") == 0
    assert "✓ Test / Unit Succeeded" in shell.said


def test_following_ends_at_a_gate_and_says_what_to_do(world: World, shell: Shell) -> None:
    gated(world)
    assert shell("status", "--follow") == 3
    assert "Gate / Approve waits for a person." in shell.said
    assert "python -m rehearsal approve Gate" in shell.said
    assert "Then, to go on: python -m rehearsal status --follow" in shell.said


def test_following_one_that_waits_behind_another_says_which_and_what_to_do(
    world: World, shell: Shell
) -> None:
    gated(world)
    (first,) = world.engine.executions()
    world.push(message="the second")
    world.until(lambda: len(world.engine.executions()) == 2)
    second = next(each for each in world.engine.executions() if each.id != first.id)
    assert shell("status", "--follow") == 3
    assert f"{second.id[:8]} waits behind {first.id[:8]} (" in shell.said
    assert "python -m rehearsal approve Gate" in shell.said


def test_following_ends_before_a_disabled_transition_and_says_how_to_enable_it(
    world: World, shell: Shell
) -> None:
    world.deploy(pipeline(source(), stage("Test", build("Unit", "Unit")), projects=BUILT))
    closed = {"pipelineName": "delivery", "stageName": "Test", "transitionType": "Inbound"}
    world.codepipeline.disable_stage_transition(**closed, reason="a freeze")
    world.push()
    world.until(world.engine.executions)
    assert shell("status", "--follow") == 3
    assert "The transition into Test is disabled: a freeze" in shell.said
    enable = "aws codepipeline enable-stage-transition --pipeline-name delivery --stage-name Test"
    assert enable in shell.said


def test_following_before_the_first_push_is_no_success(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    assert shell("status", "--follow") == 1
    assert "has not run yet: python -m rehearsal push" in shell.said


def test_a_commit_stands_for_its_newest_execution(world: World, shell: Shell) -> None:
    first = world.run(pipeline(source(), stage("Test", build("Unit", "Unit")), projects=BUILT))
    world.codepipeline.start_pipeline_execution(name="delivery")
    second = world.ended()
    assert (second.revision, second.id != first.id) == (first.revision, True)
    assert shell.json("status", "--execution", first.revision[:8])["execution"]["id"] == second.id


def test_a_deployment_that_fails_says_why_and_where_the_rest_is(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(clone=False), deployment("dev", "portal-dev")))
    world.push({"template.json": json.dumps({"Resources": {"P": {"Type": "AWS::No::Such"}}})})
    world.until(world.engine.executions)
    assert shell("status", "--follow") == 1
    why = shell.said.split("dev / Replace failed:")[1]
    assert "AWS::No::Such" in why
    assert "All of it: python -m rehearsal logs dev/Replace" in why


def test_following_a_run_that_fails_says_why(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Test", build("Unit", "Unit")), projects=FAILING))
    world.push()
    world.until(world.engine.executions)
    assert shell("status", "--follow") == 1
    assert "✗ Test / Unit Failed" in shell.said
    assert "exit status 1" in shell.said
    assert "\nTest / Unit failed:\n" in shell.said
    assert "\n  no\n" in shell.said
    (path,) = [line.split("All of it: ")[1] for line in shell.said.splitlines() if "All of it: " in line]
    assert "no" in Path(path).read_text().splitlines()
