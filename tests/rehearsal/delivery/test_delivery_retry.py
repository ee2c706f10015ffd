"""Stages run again: their failed actions or all of them, and what CodePipeline does not retry."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import (
    DeliveryError,
    ExecutionNotFoundError,
    NotLatestExecutionError,
    StageNotFoundError,
    StageNotRetryableError,
)
from tests.rehearsal.delivery.pieces import build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import STACK, World


def counting(runs: Path) -> dict[str, Any]:
    """A pipeline whose builds note that they ran, in the file `runs`; Break succeeds once `runs`.mended is there."""
    noted = f'echo "${{CODEBUILD_BUILD_ID%%-*}}" >> {runs}'
    return pipeline(
        source(),
        stage(
            "Build", build("Break", "Breaks"), build("Beside", "Fine"), build("After", "Fine", run_order=2)
        ),
        stage("Later", build("Last", "Fine")),
        projects={
            "Breaks": project(commands(noted, f"[ -e {runs}.mended ]")),
            "Fine": project(commands(noted)),
        },
    )


def failed(world: World, runs: Path) -> str:
    """The id of an execution whose Break has failed, and is mended since."""
    execution = world.run(counting(runs))
    assert execution.status == "Failed"
    Path(f"{runs}.mended").touch()
    return execution.id


def test_retry_of_failed_actions_leaves_what_succeeded_and_goes_on_behind_the_stage(
    world: World, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    execution_id = failed(world, runs)
    beside = world.engine.executions()[0].stage("Build").action("Beside")

    world.engine.retry_stage_execution("delivery", "Build", execution_id)

    world.ended()
    (execution,) = world.engine.executions()
    assert (execution.id, execution.status) == (execution_id, "Succeeded")
    assert execution.stage("Build").action("Beside") == beside
    # Twice Break, once each of Beside, After and Last.
    assert len(runs.read_text().splitlines()) == 5


def test_retry_of_all_actions_runs_the_stage_from_its_beginning(world: World, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    execution_id = failed(world, runs)

    world.engine.retry_stage_execution("delivery", "Build", execution_id, "ALL_ACTIONS")

    world.ended()
    assert world.engine.executions()[0].status == "Succeeded"
    assert len(runs.read_text().splitlines()) == 6
    history = world.engine.list_action_executions("delivery", execution_id)
    beside = [run.action for run in history if run.action.name == "Beside"]
    assert [action.status for action in beside] == ["Succeeded", "Succeeded"]
    assert len({action.id for action in beside}) == len({action.log for action in beside}) == 2


def test_retries_that_codepipeline_refuses(world: World, tmp_path: Path) -> None:
    execution_id = failed(world, tmp_path / "runs")
    retry = world.engine.retry_stage_execution

    with pytest.raises(StageNotFoundError):
        retry("delivery", "Nowhere", execution_id)
    with pytest.raises(ExecutionNotFoundError):
        retry("delivery", "Build", "00000000-0000-0000-0000-000000000000")
    with pytest.raises(DeliveryError, match="use FAILED_ACTIONS or ALL_ACTIONS"):
        retry("delivery", "Build", execution_id, "SOME_ACTIONS")
    for name in ("Source", "Later"):  # one succeeded, the other never ran
        with pytest.raises(StageNotRetryableError):
            retry("delivery", name, execution_id)

    # A newer execution has passed the stage.
    world.push()
    world.ended()
    with pytest.raises(NotLatestExecutionError):
        retry("delivery", "Build", execution_id)
    with pytest.raises(StageNotRetryableError):
        retry("delivery", "Build", world.engine.executions()[0].id)


def test_stage_of_a_changed_pipeline_is_not_retried(world: World, tmp_path: Path) -> None:
    execution_id = failed(world, tmp_path / "runs")
    template = counting(tmp_path / "runs")
    properties = template["Resources"]["Pipeline"]["Properties"]
    properties["RestartExecutionOnUpdate"] = False
    properties["Stages"][-1]["Name"] = "Renamed"
    world.update(template, STACK)

    with pytest.raises(StageNotRetryableError, match="has changed since"):
        world.engine.retry_stage_execution("delivery", "Build", execution_id)
    # Nor does it start by itself, as it does with RestartExecutionOnUpdate.
    assert [execution.id for execution in world.engine.executions()] == [execution_id]
