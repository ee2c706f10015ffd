"""StartPipelineExecution: for a named commit, with variables, once for a token; asked by boto3."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.delivery.pieces import approval, pipeline, source, stage
from tests.rehearsal.service.world import World


def _gated(**more: Any) -> dict[str, Any]:
    return pipeline(source(), stage("Gate", approval()), **more)


def test_execution_starts_with_a_named_commit_and_variables(world: World) -> None:
    world.deploy(_gated(Variables=[{"Name": "MODE", "DefaultValue": "slow"}]))
    first = world.push(message="the first")
    world.push(message="the second")

    started = world.codepipeline.start_pipeline_execution(
        name="delivery",
        variables=[{"name": "MODE", "value": "fast"}],
        sourceRevisions=[{"actionName": "Repo", "revisionType": "COMMIT_ID", "revisionValue": first}],
    )["pipelineExecutionId"]

    execution = world.codepipeline.get_pipeline_execution(
        pipelineName="delivery", pipelineExecutionId=started
    )["pipelineExecution"]
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

    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert len(world.engine.executions()) == before


def test_revision_is_never_an_option_of_git(world: World, tmp_path: Path) -> None:
    world.deploy(_gated())
    written = tmp_path / "written"
    option = {"actionName": "Repo", "revisionType": "COMMIT_ID", "revisionValue": f"--output={written}"}

    with pytest.raises(world.codepipeline.exceptions.ValidationException, match="40 hexadecimal digits"):
        world.codepipeline.start_pipeline_execution(name="delivery", sourceRevisions=[option])

    assert not written.exists()
