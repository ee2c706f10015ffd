"""`logs` prints what a build printed, while it prints or afterwards."""

import json
import time
from pathlib import Path

import pytest

from rehearsal.client.logs import FileLog
from rehearsal.commands.logs import as_objects
from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import (
    approval,
    build,
    commands,
    deployment,
    parameter,
    pipeline,
    project,
    source,
    stage,
)
from tests.rehearsal.service.world import World

PROJECTS = {"Unit": project(commands("echo the first line", "sleep 1", "echo the $((1 + 1))nd line"))}


@pytest.fixture
def built(world: World) -> World:
    """A run that has ended, of two stages that each have an action Unit, and a gate."""
    stages = (stage("One", build("Unit", "Unit")), stage("Two", build("Unit", "Unit"), build("Lint", "Unit")))
    world.run(pipeline(source(), *stages, projects=PROJECTS))
    return world


def test_a_build_of_the_past_is_printed(built: World, shell: Shell) -> None:
    assert shell("logs", "Lint") == 0
    assert "\nthe first line\n" in shell.said
    assert "\nthe 2nd line\n" in shell.said


def test_an_action_that_several_stages_have_is_named_with_its_stage(built: World, shell: Shell) -> None:
    assert shell.refused("logs", "Unit") == (
        "action 'Unit': several stages have it; name one of One/Unit, Two/Unit"
    )
    assert shell("logs", "Two/Unit") == 0
    assert "the first line" in shell.said


def test_an_unknown_action_is_refused_with_what_is_near(built: World, shell: Shell) -> None:
    assert shell.refused("logs", "lin") == "action 'lin': there is no such action; near it are Two/Lint"


def test_lines_are_objects_for_a_program(built: World, shell: Shell) -> None:
    assert shell("logs", "Lint", "--json") == 0
    messages = [json.loads(line)["message"] for line in shell.said.splitlines()]
    assert "the first line" in messages


def test_after_a_retry_the_log_is_that_of_the_newest_run(world: World, shell: Shell, tmp_path: Path) -> None:
    mended = tmp_path / "mended"
    broken = project(commands(f"[ -e {mended} ] && echo this time it works"))
    failed = world.run(pipeline(source(), stage("One", build("Unit", "Unit")), projects={"Unit": broken}))
    mended.touch()
    assert shell("retry") == 0
    world.ended()

    assert shell("logs", "Unit", "--execution", failed.id) == 0
    assert "\nthis time it works\n" in shell.said


def test_a_letter_or_a_line_that_is_half_written_is_not_torn_apart(tmp_path: Path) -> None:
    path = tmp_path / "log"
    whole = "añadido ✓\nthe next\n".encode()
    log, read = FileLog(path), []
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        read.append(log.new())

    assert "".join(read) == whole.decode()
    assert list(as_objects(read)) == ['{"message": "a\\u00f1adido \\u2713"}\n', '{"message": "the next"}\n']
    assert list(as_objects(["no end"])) == ['{"message": "no end"}\n']


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert FileLog(tmp_path / "log").new() == ""


def test_following_waits_for_the_build_and_ends_with_it(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("One", build("Unit", "Unit")), projects=PROJECTS))
    world.push()
    world.until(world.engine.executions)
    assert shell("logs", "Unit", "--follow") == 0
    assert shell.said.count("\nthe first line\n") == 1
    assert "\nthe 2nd line\n" in shell.said


def test_a_deployment_tells_what_happened_to_its_stack_since_it_began(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(clone=False), deployment("dev", "greeting-dev")))
    for greeting in ("hello", "goodbye"):
        world.push({"template.json": parameter(greeting)}, message=greeting)
        world.until(lambda text=greeting: [e for e in world.engine.executions() if e.message == text])
        world.ended()
        # The emulator writes an event's time in whole seconds: let no event of the first run share one with the second.
        time.sleep(1.1)

    assert shell("logs", "dev/Execute") == 0
    lines = shell.said.splitlines()
    assert any("UPDATE_COMPLETE AWS::CloudFormation::Stack greeting-dev" in line for line in lines)
    assert not any("CREATE_COMPLETE" in line for line in lines)
    assert shell("logs", "dev/Execute", "--json") == 0
    assert [json.loads(line)["message"] for line in shell.said.splitlines()] == lines


def test_an_action_without_a_log_tells_of_itself(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval()), stage("Later", approval("Late"))))
    world.push()
    world.waiting()
    assert shell("logs", "Approve") == 0
    assert "Gate/Approve (Manual) has no log. It is InProgress and said: nothing" in shell.said
    assert shell("logs", "Late") == 0
    assert "Later/Late has not started." in shell.said
