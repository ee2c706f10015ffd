"""Executions as CodePipeline's API tells them, asked by boto3."""

import json
from typing import Any

import pytest

from tests.rehearsal.delivery.pieces import approval, build, commands, pipeline, project, source, stage
from tests.rehearsal.service.world import World


def _gated() -> dict[str, Any]:
    return pipeline(source(), stage("Gate", approval()))


def _building(*lines: str) -> dict[str, Any]:
    return pipeline(source(), stage("Work", build("Step", "P")), projects={"P": project(commands(*lines))})


def _stage(world: World, name: str) -> Any:
    states = world.codepipeline.get_pipeline_state(name="delivery")["stageStates"]
    return next(state for state in states if state["stageName"] == name)


def test_pushed_commit_is_told_of_its_execution(world: World) -> None:
    world.deploy(_building("true"))
    commit = world.push(message="Greet the customer")
    world.ended()

    summary = world.codepipeline.list_pipeline_executions(pipelineName="delivery")[
        "pipelineExecutionSummaries"
    ][0]
    assert summary["status"] == "Succeeded"
    assert summary["trigger"]["triggerType"] == "WebhookV2"
    assert summary["sourceRevisions"][0]["revisionId"] == commit
    told = json.loads(summary["sourceRevisions"][0]["revisionSummary"])
    assert told["CommitMessage"] == "Greet the customer"
    assert summary["startTime"] <= summary["lastUpdateTime"]

    execution = world.codepipeline.get_pipeline_execution(
        pipelineName="delivery", pipelineExecutionId=summary["pipelineExecutionId"]
    )["pipelineExecution"]
    assert execution["artifactRevisions"][0]["name"] == "Source"
    assert execution["artifactRevisions"][0]["revisionId"] == commit


def test_state_shows_what_each_action_did_last_and_who_is_in_the_stage(world: World) -> None:
    world.deploy(_building("echo broken; exit 1"))
    assert "latestExecution" not in _stage(world, "Work")
    commit = world.push()
    world.ended()

    reading, work = _stage(world, "Source"), _stage(world, "Work")
    assert reading["actionStates"][0]["currentRevision"]["revisionId"] == commit
    assert reading["latestExecution"]["status"] == "Succeeded"
    assert work["latestExecution"]["status"] == "Failed"
    step = work["actionStates"][0]["latestExecution"]
    assert step["status"] == "Failed"
    assert step["errorDetails"]["message"]
    assert step["externalExecutionId"].count(":") == 1


def test_action_keeps_its_last_outcome_until_the_next_execution_reaches_it(world: World) -> None:
    world.deploy(
        pipeline(
            source(),
            stage("Gate", approval()),
            stage("Work", build("Step", "P")),
            projects={"P": project(commands("true"))},
        )
    )
    world.push()
    world.answer(world.waiting()[0], "Approved")
    world.ended()
    world.push(message="the next")
    world.waiting()

    assert _stage(world, "Gate")["actionStates"][0]["latestExecution"]["status"] == "InProgress"
    assert _stage(world, "Work")["actionStates"][0]["latestExecution"]["status"] == "Succeeded"


def test_execution_that_waits_for_a_stage_is_inbound(world: World) -> None:
    world.deploy(_gated())
    world.push()
    world.waiting()
    world.push(message="behind it")

    gate = world.until(lambda: (state := _stage(world, "Gate")).get("inboundExecution") and state)
    newest, oldest = world.engine.executions()
    assert gate["inboundExecution"]["pipelineExecutionId"] == newest.id
    assert gate["latestExecution"]["pipelineExecutionId"] == oldest.id


def test_approval_is_given_with_the_token_of_the_state(world: World) -> None:
    world.deploy(_gated())
    world.push()
    world.waiting()
    action = _stage(world, "Gate")["actionStates"][0]["latestExecution"]
    assert action["status"] == "InProgress"
    asked = {"pipelineName": "delivery", "stageName": "Gate", "actionName": "Approve"}
    yes = {"status": "Approved", "summary": "looks good"}

    assert world.codepipeline.put_approval_result(**asked, token=action["token"], result=yes)["approvedAt"]

    world.ended()
    assert _stage(world, "Gate")["actionStates"][0]["latestExecution"]["summary"] == "looks good"
    with pytest.raises(world.codepipeline.exceptions.ApprovalAlreadyCompletedException):
        world.codepipeline.put_approval_result(**asked, token=action["token"], result=yes)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"pipelineName": "nobody"}, "PipelineNotFoundException"),
        ({"stageName": "Nowhere"}, "StageNotFoundException"),
        ({"actionName": "Nothing"}, "ActionNotFoundException"),
        ({"token": "00000000-0000-4000-8000-000000000000"}, "InvalidApprovalTokenException"),
    ],
)
def test_approval_at_the_wrong_place_is_refused(world: World, wrong: dict[str, str], code: str) -> None:
    world.deploy(_gated())
    world.push()
    token = world.waiting()[0].token
    asked = {
        "pipelineName": "delivery",
        "stageName": "Gate",
        "actionName": "Approve",
        "token": token,
        **wrong,
    }

    with pytest.raises(world.codepipeline.exceptions.ClientError) as refused:
        world.codepipeline.put_approval_result(**asked, result={"status": "Approved", "summary": ""})

    assert refused.value.response["Error"]["Code"] == code
    assert world.waiting()


def test_actions_are_listed_newest_first_and_for_one_execution(world: World) -> None:
    world.deploy(_building("true"))
    for message in ("one", "two"):
        world.push(message=message)
        world.ended()
    oldest = world.engine.executions()[-1]
    paginator = world.codepipeline.get_paginator("list_action_executions")

    pages = list(paginator.paginate(pipelineName="delivery", PaginationConfig={"PageSize": 3}))
    every = [detail for page in pages for detail in page["actionExecutionDetails"]]
    assert [len(page["actionExecutionDetails"]) for page in pages] == [3, 1]
    assert [d["actionName"] for d in every] == ["Step", "Repo", "Step", "Repo"]
    assert len({d["actionExecutionId"] for d in every}) == 4

    only = world.codepipeline.list_action_executions(
        pipelineName="delivery", filter={"pipelineExecutionId": oldest.id}
    )["actionExecutionDetails"]
    assert only == every[2:]


def test_execution_that_is_not_there_is_named(world: World) -> None:
    world.deploy(_gated())
    nobody = "00000000-0000-4000-8000-000000000000"

    with pytest.raises(world.codepipeline.exceptions.PipelineExecutionNotFoundException, match=nobody):
        world.codepipeline.get_pipeline_execution(pipelineName="delivery", pipelineExecutionId=nobody)
