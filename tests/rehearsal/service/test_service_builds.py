"""CodeBuild's builds, asked by boto3; its projects stay the emulator's own."""

from typing import Any

import pytest

from tests.rehearsal.delivery.pieces import build, commands, pipeline, project, source, stage
from tests.rehearsal.service.world import World


def _deploy(world: World, *lines: str) -> str:
    """A pipeline with the project P, which runs these lines; the project's name."""
    template = pipeline(
        source(), stage("Work", build("Step", "P")), projects={"P": project(commands(*lines))}
    )
    world.deploy(template)
    return str(world.codebuild.list_projects()["projects"][0])


def _alone(world: World, *lines: str) -> str:
    """A project without a pipeline and without a source; its name."""
    buildspec = commands(*lines)
    made = project(buildspec, EnvironmentVariables=[{"Name": "GREETING", "Value": "hello"}])
    made["Properties"]["Source"]["Type"] = "NO_SOURCE"
    made["Properties"]["Artifacts"]["Type"] = "NO_ARTIFACTS"
    world.deploy({"Resources": {"P": made}})
    return str(world.codebuild.list_projects()["projects"][0])


def _ended(world: World, build_id: str) -> Any:
    def over() -> Any:
        found = world.codebuild.batch_get_builds(ids=[build_id])["builds"][0]
        return found["buildComplete"] and found

    return world.until(over)


def test_build_of_an_action_is_found_under_its_external_id(world: World) -> None:
    name = _deploy(world, "false")
    commit = world.push()
    world.ended()
    external = world.engine.executions()[0].stage("Work").action("Step").external_id

    found = world.codebuild.batch_get_builds(ids=[external])["builds"][0]

    assert (found["projectName"], found["buildStatus"], found["buildNumber"]) == (name, "FAILED", 1)
    assert (found["initiator"], found["resolvedSourceVersion"]) == ("codepipeline/delivery", commit)
    failed = [phase for phase in found["phases"] if phase.get("phaseStatus") == "FAILED"]
    assert failed[0]["phaseType"] == "BUILD"
    assert "false" in failed[0]["contexts"][0]["message"]
    assert found["logs"]["deepLink"].startswith("file:///")


def test_started_build_runs_with_its_overrides(world: World) -> None:
    name = _alone(world, 'echo "said $GREETING"')
    override = [{"name": "GREETING", "value": "goodbye", "type": "PLAINTEXT"}]

    started = world.codebuild.start_build(projectName=name, environmentVariablesOverride=override)["build"]

    assert started["buildStatus"] == "IN_PROGRESS"
    assert started["environment"]["environmentVariables"] == override
    assert started["initiator"] == "root"
    ended = _ended(world, started["id"])
    assert (ended["buildStatus"], ended["currentPhase"]) == ("SUCCEEDED", "COMPLETED")
    assert ended["phases"][-1]["phaseType"] == "COMPLETED"


def test_stopped_build_is_stopped(world: World) -> None:
    name = _alone(world, "sleep 60")
    started = world.codebuild.start_build(projectName=name)["build"]

    world.codebuild.stop_build(id=started["id"])

    assert _ended(world, started["id"])["buildStatus"] == "STOPPED"


def test_builds_are_listed_both_ways(world: World) -> None:
    name = _alone(world, "true")
    ids = [world.codebuild.start_build(projectName=name)["build"]["id"] for _ in range(2)]

    assert world.codebuild.list_builds()["ids"] == ids[::-1]
    assert world.codebuild.list_builds_for_project(projectName=name, sortOrder="ASCENDING")["ids"] == ids
    for build_id in ids:
        _ended(world, build_id)


def test_what_is_not_there_is_told(world: World) -> None:
    errors = world.codebuild.exceptions

    with pytest.raises(errors.ResourceNotFoundException):
        world.codebuild.start_build(projectName="nobody")
    with pytest.raises(errors.ResourceNotFoundException):
        world.codebuild.stop_build(id="nobody:1")
    with pytest.raises(errors.ResourceNotFoundException):
        world.codebuild.list_builds_for_project(projectName="nobody")
    with pytest.raises(errors.InvalidInputException):
        world.codebuild.list_builds(nextToken="x")
    assert world.codebuild.batch_get_builds(ids=["nobody:1"])["buildsNotFound"] == ["nobody:1"]


def test_constraint_of_the_model_is_codebuilds_own_error(world: World) -> None:
    with pytest.raises(world.codebuild.exceptions.InvalidInputException, match="satisfy enum value set"):
        world.codebuild.list_builds(sortOrder="SIDEWAYS")
