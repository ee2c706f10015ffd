"""The registry of builds, and builds outside every pipeline."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import BuildState, InvalidInputError, ResourceNotFoundError
from tests.rehearsal.delivery.pieces import ACCOUNT, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World, until


def deploy(world: World, buildspec: Any, **properties: Any) -> None:
    """A project named `lone`, which needs no source unless `properties` say otherwise."""
    made = project(buildspec)
    made["Properties"] |= {
        "Name": "lone",
        "Artifacts": {"Type": "NO_ARTIFACTS"},
        "Source": {"Type": "NO_SOURCE", "BuildSpec": json.dumps({"version": 0.2, **buildspec})},
    }
    made["Properties"] |= properties
    world.deploy({"Resources": {"P": made}}, "lone")


def start(world: World, **overrides: Any) -> BuildState:
    return world.engine.start_build("lone", overrides, account=ACCOUNT, by="operator")


def ended(world: World, build_id: str) -> BuildState:
    def now() -> BuildState:
        return world.engine.batch_get_builds([build_id], account=ACCOUNT)[0]

    until(lambda: now().status != "IN_PROGRESS")
    return now()


def test_builds_of_actions_are_in_the_registry_with_their_phases(world: World) -> None:
    spec = commands("X=1; false", env={"exported-variables": ["X"]})
    fine = project(commands("X=1", env={"exported-variables": ["X"]}))
    template = pipeline(
        source(),
        stage("Build", build("Good", "Fine"), build("Bad", "Broken")),
        projects={"Fine": fine, "Broken": project(spec)},
    )
    execution = world.run(template)

    builds = {b.id: b for b in world.engine.list_builds(account=ACCOUNT)}
    good, bad = (builds[str(execution.stage("Build").action(name).external_id)] for name in ("Good", "Bad"))
    assert (good.status, good.number, good.exported) == ("SUCCEEDED", 1, {"X": "1"})
    assert (good.initiator, good.revision) == ("codepipeline/delivery", execution.revision)
    assert [p.type for p in good.phases] == [
        "SUBMITTED",
        "PROVISIONING",
        "DOWNLOAD_SOURCE",
        "INSTALL",
        "PRE_BUILD",
        "BUILD",
        "POST_BUILD",
        "UPLOAD_ARTIFACTS",
        "COMPLETED",
    ]
    assert bad.status == "FAILED"
    (failed,) = [phase for phase in bad.phases if phase.status == "FAILED"]
    assert (failed.type, failed.code) == ("BUILD", "COMMAND_EXECUTION_ERROR")
    assert "exit status 1" in str(failed.message)

    # AND the next build of a project has the next number, and the list begins with it
    world.push()
    world.ended()
    newest = world.engine.list_builds(good.project_name, account=ACCOUNT)
    assert [b.number for b in newest] == [2, 1]


def test_build_of_another_account_is_not_there(world: World) -> None:
    deploy(world, commands("true"))
    build_id = start(world).id
    ended(world, build_id)
    stranger = "222222222222"

    assert world.engine.list_builds(account=stranger) == []
    assert world.engine.batch_get_builds([build_id], account=stranger) == []
    with pytest.raises(ResourceNotFoundError):
        world.engine.stop_build(build_id, account=stranger)


def test_build_outside_a_pipeline_needs_no_source_and_takes_variables(world: World) -> None:
    deploy(world, commands('echo "hello $WHO"; ls'))

    made = start(world, environmentVariablesOverride=[{"name": "WHO", "value": "you", "type": "PLAINTEXT"}])

    assert (made.status, made.number, made.initiator) == ("IN_PROGRESS", 1, "operator")
    done = ended(world, made.arn)
    assert (done.status, done.id) == ("SUCCEEDED", made.id)
    assert "hello you\n" in done.log.read_text()


def test_build_of_a_git_source_is_of_the_version_asked_for(world: World) -> None:
    first = world.push({"what": "first"})
    world.push({"what": "second"})
    spec = json.dumps({"version": 0.2, **commands('echo "this is $(cat what)"')})
    deploy(
        world,
        commands(),
        Source={"Type": "GITHUB", "Location": "https://github.com/bank/portal", "BuildSpec": spec},
    )

    newest, older = start(world), start(world, sourceVersion=first)

    assert "this is second" in ended(world, newest.id).log.read_text()
    assert "this is first" in ended(world, older.id).log.read_text()
    assert older.revision == first


def test_stopped_build_ends_with_all_it_started(world: World, tmp_path: Path) -> None:
    deploy(world, commands(f"touch {tmp_path}/here; sleep 600"))
    made = start(world)
    until((tmp_path / "here").exists)

    world.engine.stop_build(made.id, account=ACCOUNT)

    assert ended(world, made.id).status == "STOPPED"
    assert world.engine.stop_build(made.id, account=ACCOUNT).status == "STOPPED"
    with pytest.raises(ResourceNotFoundError):
        world.engine.stop_build("lone:none", account=ACCOUNT)


def test_stopped_build_fails_the_action_that_waits_for_it(world: World, tmp_path: Path) -> None:
    slow = project(commands(f"touch {tmp_path}/here; sleep 600"))
    world.deploy(pipeline(source(), stage("Build", build("B", "P")), projects={"P": slow}))
    world.push()
    until((tmp_path / "here").exists)
    (running,) = world.engine.list_builds(account=ACCOUNT)

    world.engine.stop_build(running.id, account=ACCOUNT)

    world.ended()
    (execution,) = world.engine.executions()
    assert execution.status == "Failed"
    assert execution.stage("Build").action("B").error == "Build terminated with state: STOPPED"


def test_same_token_answers_the_same_build_in_the_next_process_too(world: World) -> None:
    deploy(world, commands("true"))
    greeting = [{"name": "GREETING", "value": "hello", "type": "PLAINTEXT"}]
    asked = {"idempotencyToken": "once", "environmentVariablesOverride": greeting}

    first, second = (start(world, **asked) for _ in range(2))

    assert first.id == second.id
    assert ended(world, first.id).status == "SUCCEEDED"
    world.restart()
    assert start(world, **asked).id == first.id


def test_same_token_with_other_parameters_is_refused(world: World) -> None:
    deploy(world, commands("true"))
    started = start(world, idempotencyToken="once")

    with pytest.raises(InvalidInputError, match="parameter mismatch"):
        start(world, idempotencyToken="once", timeoutInMinutesOverride=5)

    assert [build.id for build in world.engine.list_builds(account=ACCOUNT)] == [started.id]
    ended(world, started.id)


def test_token_is_forgotten_after_five_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(world, commands("true"))
    first = start(world, idempotencyToken="once")
    ended(world, first.id)
    other = {"idempotencyToken": "once", "timeoutInMinutesOverride": 5}

    monkeypatch.setattr("time.time", lambda: first.started + 299)
    assert start(world, idempotencyToken="once").id == first.id
    monkeypatch.setattr("time.time", lambda: first.started + 301)
    assert start(world, **other).id != first.id


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"sourceTypeOverride": "S3"}, "the project's source is of type S3"),
        ({"sourceTypeOverride": "CODEPIPELINE"}, "the project's source is of type CODEPIPELINE"),
        ({"sourceTypeOverride": "GITHUB", "sourceVersion": "--help"}, "has no version '--help'"),
        ({"artifactsOverride": {"type": "S3", "location": "b"}}, "artifacts of type S3"),
        ({"debugSessionEnabled": True}, "does not act out debugSessionEnabled"),
        ({"buildspecOverride": ""}, "needs a buildspec of its own"),
    ],
)
def test_builds_that_are_refused(world: World, overrides: dict[str, Any], reason: str) -> None:
    deploy(world, commands("true"))

    with pytest.raises(InvalidInputError, match=reason):
        start(world, **overrides)
    assert world.engine.list_builds(account=ACCOUNT) == []
    with pytest.raises(ResourceNotFoundError):
        world.engine.start_build("other", {}, account=ACCOUNT, by="operator")
    with pytest.raises(ResourceNotFoundError):
        world.engine.list_builds("other", account=ACCOUNT)
