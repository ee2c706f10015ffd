"""What an operator changes: start, stop, retry, transitions, tags, the structure; asked by boto3."""

import json
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
ARN = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:delivery"


def _gated(**more: Any) -> dict[str, Any]:
    return pipeline(source(), stage("Gate", approval()), **more)


def _execution(world: World, execution_id: str) -> Any:
    asked = {"pipelineName": "delivery", "pipelineExecutionId": execution_id}
    return world.codepipeline.get_pipeline_execution(**asked)["pipelineExecution"]


def _code(refused: Any) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_execution_starts_with_a_named_commit_and_variables(world: World) -> None:
    world.deploy(_gated(Variables=[{"Name": "MODE", "DefaultValue": "slow"}]))
    first = world.push(message="the first")
    world.push(message="the second")

    started = world.codepipeline.start_pipeline_execution(
        name="delivery",
        variables=[{"name": "MODE", "value": "fast"}],
        sourceRevisions=[{"actionName": "Repo", "revisionType": "COMMIT_ID", "revisionValue": first}],
    )["pipelineExecutionId"]

    execution = _execution(world, started)
    assert execution["artifactRevisions"][0]["revisionId"] == first
    assert execution["variables"] == [{"name": "MODE", "resolvedValue": "fast"}]
    assert execution["trigger"]["triggerType"] == "StartPipelineExecution"


def test_repeated_request_starts_nothing_again(world: World) -> None:
    world.deploy(_gated())
    world.push()
    ask = {"name": "delivery", "clientRequestToken": "once"}

    started = [world.codepipeline.start_pipeline_execution(**ask)["pipelineExecutionId"] for _ in range(2)]

    assert started[0] == started[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"variables": [{"name": "NOBODY", "value": "x"}]},
        {"sourceRevisions": [{"actionName": "X", "revisionType": "COMMIT_ID", "revisionValue": "0" * 40}]},
        {"sourceRevisions": [{"actionName": "Repo", "revisionType": "COMMIT_ID", "revisionValue": "0" * 40}]},
        {
            "sourceRevisions": [
                {"actionName": "Repo", "revisionType": "S3_OBJECT_KEY", "revisionValue": "0" * 40}
            ]
        },
    ],
)
def test_start_with_what_the_pipeline_has_not_is_refused(world: World, wrong: dict[str, Any]) -> None:
    world.deploy(_gated())
    before = len(world.engine.executions())

    with pytest.raises(ClientError) as refused:
        world.codepipeline.start_pipeline_execution(name="delivery", **wrong)

    assert _code(refused) == "ValidationException"
    assert len(world.engine.executions()) == before


def test_revision_is_never_an_option_of_git(world: World, tmp_path: Path) -> None:
    world.deploy(_gated())
    written = tmp_path / "written"
    option = {"actionName": "Repo", "revisionType": "COMMIT_ID", "revisionValue": f"--output={written}"}

    with pytest.raises(world.codepipeline.exceptions.ValidationException, match="40 hexadecimal digits"):
        world.codepipeline.start_pipeline_execution(name="delivery", sourceRevisions=[option])

    assert not written.exists()


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
    assert world.engine.wait(60)
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

    assert _code(refused) == code


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


def test_tags_are_added_changed_and_removed(world: World) -> None:
    world.deploy(_gated(Tags=[{"Key": "owner", "Value": "platform"}]))
    api = world.codepipeline

    api.tag_resource(
        resourceArn=ARN, tags=[{"key": "owner", "value": "portal"}, {"key": "cost", "value": "1"}]
    )
    pages = api.get_paginator("list_tags_for_resource").paginate(
        resourceArn=ARN, PaginationConfig={"PageSize": 1}
    )
    assert [tag for page in pages for tag in page["tags"]] == [
        {"key": "cost", "value": "1"},
        {"key": "owner", "value": "portal"},
    ]

    api.untag_resource(resourceArn=ARN, tagKeys=["cost", "never"])
    assert api.list_tags_for_resource(resourceArn=ARN)["tags"] == [{"key": "owner", "value": "portal"}]


def test_tags_that_aws_refuses_are_refused(world: World) -> None:
    world.deploy(_gated())
    errors = world.codepipeline.exceptions

    with pytest.raises(errors.InvalidTagsException):
        world.codepipeline.tag_resource(resourceArn=ARN, tags=[{"key": "aws:x", "value": "1"}])
    many = [{"key": str(n), "value": ""} for n in range(51)]
    with pytest.raises(errors.TooManyTagsException):
        world.codepipeline.tag_resource(resourceArn=ARN, tags=many)
    stranger = world.cloud.client("codepipeline", "222222222222")
    for client, arn in ((world.codepipeline, f"{ARN}x"), (stranger, ARN)):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.list_tags_for_resource(resourceArn=arn)


def test_updated_pipeline_keeps_its_earlier_version(world: World) -> None:
    world.deploy(_gated())
    declared = world.codepipeline.get_pipeline(name="delivery")["pipeline"]
    changed = json.loads(json.dumps(declared))
    changed["stages"][1]["name"] = "Door"

    assert world.codepipeline.update_pipeline(pipeline=changed)["pipeline"]["version"] == 2

    assert world.codepipeline.get_pipeline(name="delivery")["pipeline"]["stages"][1]["name"] == "Door"
    assert world.codepipeline.get_pipeline(name="delivery", version=1)["pipeline"] == declared
    with pytest.raises(world.codepipeline.exceptions.PipelineVersionNotFoundException):
        world.codepipeline.get_pipeline(name="delivery", version=3)


def test_structure_that_breaks_the_rules_is_refused(world: World) -> None:
    world.deploy(_gated())
    declared = world.codepipeline.get_pipeline(name="delivery")["pipeline"]
    broken = {**declared, "stages": [*declared["stages"], declared["stages"][1]]}

    with pytest.raises(
        world.codepipeline.exceptions.InvalidStructureException, match="two stages are named 'Gate'"
    ):
        world.codepipeline.update_pipeline(pipeline=broken)
    with pytest.raises(world.codepipeline.exceptions.ValidationException):
        world.codepipeline.update_pipeline(pipeline={**declared, "name": "nobody"})
    assert world.codepipeline.get_pipeline(name="delivery")["pipeline"] == declared
