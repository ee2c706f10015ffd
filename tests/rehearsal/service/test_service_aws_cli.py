"""The AWS CLI drives a whole run, as an operator types it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
from tests.rehearsal.delivery.world import PATIENCE_SECONDS
from tests.rehearsal.service.world import World

Aws = Callable[..., Any]


@pytest.fixture
def aws(world: World, tmp_path: Path) -> Aws:
    """`aws("codepipeline", "list-pipelines")`: the answer, read from JSON. Whatever goes wrong is told."""
    program = Path(sys.executable).parent / "aws"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": world.cloud.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
    }

    def run(*arguments: str) -> Any:
        command = [str(program), *arguments, "--output", "json"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        assert (done.returncode, done.stderr) == (0, ""), (arguments, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def _execution(aws: Aws, execution_id: str) -> str:
    answer = aws(
        "codepipeline",
        "get-pipeline-execution",
        "--pipeline-name=delivery",
        f"--pipeline-execution-id={execution_id}",
    )
    return str(answer["pipelineExecution"]["status"])


def _until(world: World, execution_id: str, status: str) -> None:
    """Waits for the execution without the CLI, which takes a second to start."""
    world.until(lambda: world.engine.get_pipeline_execution("delivery", execution_id).status == status)


def _latest(aws: Aws, stage_name: str) -> Any:
    """The latest run of a stage's one action, by get-pipeline-state."""
    states = aws("codepipeline", "get-pipeline-state", "--name=delivery")["stageStates"]
    state = next(state for state in states if state["stageName"] == stage_name)
    return state["actionStates"][0].get("latestExecution", {})


def test_aws_cli_starts_watches_retries_approves_and_stops(world: World, aws: Aws, tmp_path: Path) -> None:
    # GIVEN a pipeline whose build succeeds once a file is there
    go = tmp_path / "go"
    world.deploy(
        pipeline(
            source(),
            stage("Work", build("Step", "P")),
            stage("Gate", approval()),
            projects={"P": project(commands(f"test -e {go}"))},
        )
    )
    world.push()
    world.until(lambda: [e.status for e in world.engine.executions()] == ["Failed"])

    # WHEN it is started
    begun = aws("codepipeline", "start-pipeline-execution", "--name=delivery")["pipelineExecutionId"]
    _until(world, begun, "Failed")

    # THEN the failed action is listed with the build that the CLI finds in CodeBuild
    listed = aws(
        "codepipeline",
        "list-action-executions",
        "--pipeline-name=delivery",
        f"--filter=pipelineExecutionId={begun}",
    )["actionExecutionDetails"]
    assert [(a["actionName"], a["status"]) for a in listed] == [("Step", "Failed"), ("Repo", "Succeeded")]
    external = listed[0]["output"]["executionResult"]["externalExecutionId"]
    assert aws("codebuild", "batch-get-builds", "--ids", external)["builds"][0]["buildStatus"] == "FAILED"

    # WHEN the stage is retried, THEN it goes on to the approval
    go.touch()
    aws(
        "codepipeline",
        "retry-stage-execution",
        "--pipeline-name=delivery",
        "--stage-name=Work",
        f"--pipeline-execution-id={begun}",
        "--retry-mode=FAILED_ACTIONS",
    )
    world.waiting()
    token = _latest(aws, "Gate")["token"]

    # WHEN it is approved, THEN it succeeds
    answer = ["--pipeline-name=delivery", "--stage-name=Gate", "--action-name=Approve", f"--token={token}"]
    aws("codepipeline", "put-approval-result", *answer, "--result=summary=fine,status=Approved")
    _until(world, begun, "Succeeded")
    assert _execution(aws, begun) == "Succeeded"

    # WHEN another run is stopped, THEN it is Stopped
    second = aws("codepipeline", "start-pipeline-execution", "--name=delivery")["pipelineExecutionId"]
    world.waiting()
    assert _latest(aws, "Gate")["status"] == "InProgress"
    aws(
        "codepipeline",
        "stop-pipeline-execution",
        "--pipeline-name=delivery",
        f"--pipeline-execution-id={second}",
        "--abandon",
        "--reason=enough",
    )
    _until(world, second, "Stopped")
    assert _execution(aws, second) == "Stopped"
    summaries = aws("codepipeline", "list-pipeline-executions", "--pipeline-name=delivery")
    assert [s["status"] for s in summaries["pipelineExecutionSummaries"]] == [
        "Stopped",
        "Succeeded",
        "Failed",
    ]


def test_aws_cli_changes_a_pipeline_its_tags_and_its_transitions(world: World, aws: Aws) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    found = aws("codepipeline", "get-pipeline", "--name=delivery")
    arn = found["metadata"]["pipelineArn"]

    found["pipeline"]["stages"][1]["name"] = "Door"
    changed = aws("codepipeline", "update-pipeline", "--pipeline", json.dumps(found["pipeline"]))["pipeline"]
    assert (changed["version"], changed["stages"][1]["name"]) == (2, "Door")

    aws("codepipeline", "tag-resource", "--resource-arn", arn, "--tags", "key=team,value=portal")
    assert aws("codepipeline", "list-tags-for-resource", "--resource-arn", arn)["tags"] == [
        {"key": "team", "value": "portal"}
    ]
    aws("codepipeline", "untag-resource", "--resource-arn", arn, "--tag-keys", "team")

    place = ["--pipeline-name=delivery", "--stage-name=Door", "--transition-type=Inbound"]
    aws("codepipeline", "disable-stage-transition", *place, "--reason", "not on a Friday")
    states = aws("codepipeline", "get-pipeline-state", "--name=delivery")["stageStates"]
    assert states[1]["inboundTransitionState"]["disabledReason"] == "not on a Friday"
    aws("codepipeline", "enable-stage-transition", *place)
