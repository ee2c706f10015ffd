"""What an operator does to executions: stop, retry, hold back; asked by boto3."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.delivery.pieces import (
    ACCOUNT,
    approval,
    build,
    commands,
    pipeline,
    project,
    source,
    stage,
)
from tests.rehearsal.service.world import World

NOBODY = "00000000-0000-4000-8000-000000000000"


def _gated() -> dict[str, Any]:
    return pipeline(source(), stage("Gate", approval()))


def _execution(world: World, execution_id: str) -> Any:
    asked = {"pipelineName": "delivery", "pipelineExecutionId": execution_id}
    return world.codepipeline.get_pipeline_execution(**asked)["pipelineExecution"]


def test_stopped_execution_tells_why(world: World) -> None:
    world.deploy(_gated())
    world.push()
    execution_id = world.waiting()[0].execution_id
    asked = {"pipelineName": "delivery", "pipelineExecutionId": execution_id, "abandon": True}

    answer = world.codepipeline.stop_pipeline_execution(**asked, reason="wrong commit")

    assert answer["pipelineExecutionId"] == execution_id
    world.until(lambda: _execution(world, execution_id)["status"] == "Stopped")
    summaries = world.codepipeline.list_pipeline_executions(pipelineName="delivery")
    assert summaries["pipelineExecutionSummaries"][0]["stopTrigger"]["reason"] == "wrong commit"
    with pytest.raises(world.codepipeline.exceptions.PipelineExecutionNotStoppableException):
        world.codepipeline.stop_pipeline_execution(**asked)


def test_failed_stage_is_retried_and_both_runs_are_listed(world: World, tmp_path: Path) -> None:
    go = tmp_path / "go"
    work = project(commands(f"test -e {go}"))
    world.deploy(pipeline(source(), stage("Work", build("Step", "P")), projects={"P": work}))
    world.push()
    world.ended()
    execution_id = world.engine.executions()[0].id
    go.touch()

    retried = world.codepipeline.retry_stage_execution(
        pipelineName="delivery",
        stageName="Work",
        pipelineExecutionId=execution_id,
        retryMode="FAILED_ACTIONS",
    )

    assert retried["pipelineExecutionId"] == execution_id
    world.until(lambda: _execution(world, execution_id)["status"] == "Succeeded")
    ask = {"pipelineExecutionId": execution_id, "startTimeRange": "All"}
    listed = {}
    for only in ("All", "Latest"):
        ask["startTimeRange"] = only
        answer = world.codepipeline.list_action_executions(
            pipelineName="delivery", filter={"latestInPipelineExecution": ask}
        )
        listed[only] = [(d["actionName"], d["status"]) for d in answer["actionExecutionDetails"]]
    assert listed["All"] == [("Step", "Succeeded"), ("Step", "Failed"), ("Repo", "Succeeded")]
    assert listed["Latest"] == [("Step", "Succeeded"), ("Repo", "Succeeded")]


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("stop_pipeline_execution", {"pipelineExecutionId": NOBODY}, "ValidationException"),
        (
            "retry_stage_execution",
            {"pipelineExecutionId": NOBODY, "stageName": "Gate", "retryMode": "ALL_ACTIONS"},
            "StageNotRetryableException",
        ),
        (
            "enable_stage_transition",
            {"stageName": "X", "transitionType": "Inbound"},
            "StageNotFoundException",
        ),
    ],
)
def test_request_for_what_is_not_there_is_refused(
    world: World, operation: str, asked: dict[str, Any], code: str
) -> None:
    world.deploy(_gated())

    with pytest.raises(ClientError) as refused:
        getattr(world.codepipeline, operation)(pipelineName="delivery", **asked)

    assert refused.value.response["Error"]["Code"] == code


def test_disabled_transition_holds_executions_back_and_tells_why(world: World) -> None:
    world.deploy(_gated())
    way = {"pipelineName": "delivery", "stageName": "Gate", "transitionType": "Inbound"}
    world.codepipeline.disable_stage_transition(**way, reason="release freeze")
    world.push()

    def gate() -> Any:
        return world.codepipeline.get_pipeline_state(name="delivery")["stageStates"][1]

    held = world.until(lambda: (state := gate()).get("inboundExecution") and state)
    assert held["inboundTransitionState"]["enabled"] is False
    assert held["inboundTransitionState"]["disabledReason"] == "release freeze"
    assert held["inboundTransitionState"]["lastChangedBy"] == f"arn:aws:iam::{ACCOUNT}:root"

    world.codepipeline.enable_stage_transition(**way)
    world.waiting()
    assert gate()["inboundTransitionState"]["enabled"] is True
