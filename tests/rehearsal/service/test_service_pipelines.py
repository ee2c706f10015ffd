"""GetPipeline, ListPipelines, UpdatePipeline and what they refuse, asked by boto3."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.delivery.pieces import ACCOUNT, approval, pipeline, source, stage
from tests.rehearsal.service.world import World


def test_pipeline_comes_back_as_cloudformation_made_it(world: World) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))

    answer = world.codepipeline.get_pipeline(name="delivery")

    assert answer["pipeline"]["version"] == 1
    assert [s["name"] for s in answer["pipeline"]["stages"]] == ["Source", "Gate"]
    assert answer["pipeline"]["stages"][1]["actions"][0]["actionTypeId"]["provider"] == "Manual"
    assert answer["metadata"]["pipelineArn"] == f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:delivery"


def test_pipelines_are_listed_in_pages(world: World) -> None:
    for name in ("one", "two", "three"):
        world.deploy(pipeline(source(), stage("Gate", approval()), Name=name), stack=name)

    pages = world.codepipeline.get_paginator("list_pipelines").paginate(PaginationConfig={"PageSize": 2})

    assert [[p["name"] for p in page["pipelines"]] for page in pages] == [["one", "three"], ["two"]]


def test_token_of_another_question_is_not_valid(world: World) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    for message in ("one", "two"):
        world.push(message=message)
    world.until(lambda: [e.stage("Source").status for e in world.engine.executions()] == ["Succeeded"] * 2)
    ask = {"pipelineName": "delivery", "maxResults": 1}
    token = world.codepipeline.list_pipeline_executions(**ask)["nextToken"]

    assert world.codepipeline.list_pipeline_executions(**ask, nextToken=token)["pipelineExecutionSummaries"]
    other = {"succeededInStage": {"stageName": "Source"}}
    with pytest.raises(world.codepipeline.exceptions.InvalidNextTokenException):
        world.codepipeline.list_pipeline_executions(**ask, filter=other, nextToken=token)


def test_token_that_nobody_gave_is_not_valid(world: World) -> None:
    for name in ("one", "two"):
        world.deploy(pipeline(source(), stage("Gate", approval()), Name=name), stack=name)
    token = world.codepipeline.list_pipelines(maxResults=1)["nextToken"]

    for client, wrong in (
        (world.cloud.client("codepipeline", "222222222222"), token),
        (world.codepipeline, "x"),
    ):
        with pytest.raises(ClientError) as refused:
            client.list_pipelines(nextToken=wrong)
        assert refused.value.response["Error"]["Code"] == "InvalidNextTokenException"


def test_pipeline_of_another_account_is_not_there(world: World) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    stranger = world.cloud.client("codepipeline", "222222222222")

    assert stranger.list_pipelines()["pipelines"] == []
    with pytest.raises(stranger.exceptions.PipelineNotFoundException) as refused:
        stranger.get_pipeline_state(name="delivery")
    assert "Account '222222222222' does not have a pipeline with name 'delivery'" in str(refused.value)


def test_updated_pipeline_keeps_its_earlier_version(world: World) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    declared = world.codepipeline.get_pipeline(name="delivery")["pipeline"]
    changed = json.loads(json.dumps(declared))
    changed["stages"][1]["name"] = "Door"

    assert world.codepipeline.update_pipeline(pipeline=changed)["pipeline"]["version"] == 2

    assert world.codepipeline.get_pipeline(name="delivery")["pipeline"]["stages"][1]["name"] == "Door"
    assert world.codepipeline.get_pipeline(name="delivery", version=1)["pipeline"] == declared
    with pytest.raises(world.codepipeline.exceptions.PipelineVersionNotFoundException):
        world.codepipeline.get_pipeline(name="delivery", version=3)


def test_structure_that_breaks_the_rules_is_refused(world: World) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    declared = world.codepipeline.get_pipeline(name="delivery")["pipeline"]
    broken = {**declared, "stages": [*declared["stages"], declared["stages"][1]]}

    with pytest.raises(
        world.codepipeline.exceptions.InvalidStructureException, match="two stages are named 'Gate'"
    ):
        world.codepipeline.update_pipeline(pipeline=broken)
    with pytest.raises(world.codepipeline.exceptions.ValidationException):
        world.codepipeline.update_pipeline(pipeline={**declared, "name": "nobody"})
    assert world.codepipeline.get_pipeline(name="delivery")["pipeline"] == declared
