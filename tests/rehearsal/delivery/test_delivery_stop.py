"""Executions that an operator stops: at the end of what runs, or at once."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import (
    DuplicatedStopRequestError,
    Execution,
    ExecutionNotFoundError,
    ExecutionNotStoppableError,
)
from tests.rehearsal.delivery.pieces import build, commands, gated, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World, until


def running(world: World, folder: Path) -> Execution:
    """An execution whose first build runs until there is the file `go`, with another one behind it."""
    here: dict[str, Any] = project(
        commands(f"touch {folder}/here", f"until [ -e {folder}/go ]; do sleep 0.05; done")
    )
    world.deploy(
        pipeline(
            source(),
            stage("Build", build("B", "P"), build("After", "Q", run_order=2)),
            projects={"P": here, "Q": project(commands("true"))},
        )
    )
    world.push()
    until((folder / "here").exists)
    return world.engine.executions()[0]


def test_stopped_execution_lets_its_action_finish_and_starts_no_other(world: World, tmp_path: Path) -> None:
    execution_id = running(world, tmp_path).id

    world.engine.stop_pipeline_execution("delivery", execution_id, reason="wrong day")

    now = world.engine.get_pipeline_execution("delivery", execution_id)
    assert (now.status, now.stage("Build").status, now.summary) == ("Stopping", "Stopping", "wrong day")
    with pytest.raises(DuplicatedStopRequestError):
        world.engine.stop_pipeline_execution("delivery", execution_id)
    (tmp_path / "go").touch()
    world.ended()
    now = world.engine.get_pipeline_execution("delivery", execution_id)
    assert (now.status, now.stage("Build").status) == ("Stopped", "Stopped")
    assert [a.status for a in now.stage("Build").actions] == ["Succeeded", None]
    with pytest.raises(ExecutionNotStoppableError):
        world.engine.stop_pipeline_execution("delivery", execution_id)

    # The stage can be taken up where it was stopped.
    world.engine.retry_stage_execution("delivery", "Build", execution_id)
    world.ended()
    assert world.engine.executions()[0].status == "Succeeded"


def test_abandoned_execution_ends_with_its_builds_at_once(world: World, tmp_path: Path) -> None:
    execution_id = running(world, tmp_path).id
    world.engine.stop_pipeline_execution("delivery", execution_id)

    world.engine.stop_pipeline_execution("delivery", execution_id, abandon=True)
    world.ended()

    now = world.engine.get_pipeline_execution("delivery", execution_id)
    assert (now.status, now.stage("Build").action("B").status) == ("Stopped", "Abandoned")
    (ended,) = world.engine.list_builds(account="111111111111")
    assert ended.status == "STOPPED"


def test_stopping_execution_waits_for_its_approval_in_the_next_process_too(world: World) -> None:
    world.deploy(gated())
    world.push()
    (pending,) = world.waiting()
    world.engine.stop_pipeline_execution("delivery", pending.execution_id)

    world.restart()

    assert not world.engine.wait(0.5)
    assert world.engine.executions()[0].status == "Stopping"
    world.answer(pending, "Approved")
    world.ended()
    (execution,) = world.engine.executions()
    assert execution.status == "Stopped"
    assert execution.stage("prod").status is None


def test_execution_that_waits_in_front_of_a_stage_stops_at_once(world: World) -> None:
    world.deploy(gated())
    world.push()
    world.waiting()
    world.push()
    assert not world.engine.wait(0.1)
    until(lambda: world.engine.executions()[0].stage("Source").status == "Succeeded")
    second = world.engine.executions()[0].id

    world.engine.stop_pipeline_execution("delivery", second)

    until(lambda: world.engine.executions()[0].status == "Stopped")
    assert world.engine.executions()[1].status == "InProgress"
    gate = world.engine.get_pipeline_state("delivery")[1]
    assert (gate.waiting, gate.latest) == ((), world.engine.executions()[1])


def test_stop_of_an_execution_that_is_not_there_is_refused(world: World) -> None:
    world.deploy(gated())

    with pytest.raises(ExecutionNotFoundError):
        world.engine.stop_pipeline_execution("delivery", "00000000-0000-0000-0000-000000000000")
