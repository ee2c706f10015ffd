"""Pipelines deployed by CloudFormation and started by a push."""

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from rehearsal.delivery import Execution
from tests.rehearsal.delivery.pieces import (
    ACCOUNT,
    approval,
    build,
    commands,
    deployment,
    parameter,
    pipeline,
    project,
    source,
    stage,
)
from tests.rehearsal.delivery.world import World


def statuses(execution: Execution) -> dict[str, str | None]:
    return {stage.name: stage.status for stage in execution.stages}


def test_push_carries_a_commit_through_build_change_set_variables_and_approval(world: World) -> None:
    # GIVEN a pipeline with a build, a deployment, a build that reads the stack's outputs, and a gate
    template = pipeline(
        source(clone=False),
        stage("Build", build("Make", "Maker", namespace="made")),
        deployment(
            "dev",
            "portal-dev",
            build(
                "Test",
                "Tester",
                run_order=3,
                variables=[
                    {"name": "GREETING", "value": "#{dev.Greeting}", "type": "PLAINTEXT"},
                    {"name": "COLOUR", "value": "#{made.COLOUR} #{src.CommitId}", "type": "PLAINTEXT"},
                ],
            ),
        ),
        stage("Gate", approval(configuration={"CustomData": "#{made.COLOUR} or not?"})),
        stage("prod", build("Last", "Tester")),
        projects={
            "Maker": project(commands("export COLOUR=green", env={"exported-variables": ["COLOUR"]})),
            "Tester": project(commands('echo "greeting=$GREETING colour=$COLOUR"')),
        },
    )
    world.deploy(template)

    # WHEN a commit is pushed and the gate is approved
    commit = world.push({"template.json": parameter("hello")}, message="Say hello\n\nin full")
    (pending,) = world.waiting()
    world.answer(pending, "Approved", "the tests are green")
    world.ended()

    # THEN every stage succeeded with what the earlier ones gave it
    (execution,) = world.engine.executions()
    assert execution.status == "Succeeded", statuses(execution)
    assert (execution.revision, execution.message) == (commit, "Say hello")
    assert f"greeting=hello colour=green {commit}" in world.log(execution, "dev", "Test")
    assert (pending.custom_data, pending.revision) == ("green or not?", commit)
    assert execution.stage("Gate").action("Approve").summary == "the tests are green"
    assert execution.stage("dev").action("Replace").summary == "added 1"
    assert {s.name for s in execution.stages if s.started and s.ended} == {s.name for s in execution.stages}


def test_failed_action_fails_its_stage_and_nothing_later_runs(world: World) -> None:
    template = pipeline(
        source(),
        stage(
            "Build", build("Break", "Broken"), build("Beside", "Fine"), build("After", "Fine", run_order=2)
        ),
        stage("Later", build("Never", "Fine")),
        projects={"Broken": project(commands("exit 7")), "Fine": project(commands("sleep 0.5"))},
    )

    execution = world.run(template)

    assert execution.status == "Failed"
    assert statuses(execution) == {"Source": "Succeeded", "Build": "Failed", "Later": None}
    actions = {a.name: a.status for a in execution.stage("Build").actions}
    assert actions == {"Break": "Failed", "Beside": "Succeeded", "After": None}
    error = execution.stage("Build").action("Break").error
    assert error is not None
    assert "Phase: BUILD" in error
    assert "exit status 7" in error


def test_actions_of_one_run_order_run_side_by_side(world: World) -> None:
    meet = project(commands('touch "$MEETING/$ME"', 'until [ -e "$MEETING/$OTHER" ]; do sleep 0.05; done'))
    place = {"name": "MEETING", "value": str(world.state)}
    names = ("left", "right")
    meeting = [
        build(me, "Meet", variables=[place, {"name": "ME", "value": me}, {"name": "OTHER", "value": other}])
        for me, other in (names, names[::-1])
    ]

    execution = world.run(pipeline(source(), stage("Build", *meeting), projects={"Meet": meet}))

    assert execution.status == "Succeeded"


def test_change_set_without_changes_is_no_failure(world: World) -> None:
    template = pipeline(source(clone=False), deployment("dev", "portal-dev"))
    world.run(template, {"template.json": parameter("same")})

    world.push()

    world.ended()
    execution = world.engine.executions()[0]
    assert execution.status == "Succeeded"
    assert {a.summary for a in execution.stage("dev").actions} == {"no changes"}


def test_failed_deployment_tells_the_reason_of_the_resource_that_failed(world: World) -> None:
    taken = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/taken", "Type": "String", "Value": "x"}}
    world.cloud.client("ssm", ACCOUNT).put_parameter(Name="/taken", Type="String", Value="x")
    template = pipeline(source(clone=False), deployment("dev", "portal-dev"))

    execution = world.run(template, {"template.json": json.dumps({"Resources": {"Twice": taken}})})

    error = execution.stage("dev").action("Execute").error
    assert error is not None
    assert "portal-dev is ROLLBACK_COMPLETE: Twice (AWS::SSM::Parameter) CREATE_FAILED" in error

    # AND the next push is told what to do about the stack
    world.push({"template.json": parameter("better")})
    world.ended()
    error = world.engine.executions()[0].stage("dev").action("Replace").error
    assert error is not None
    assert "ROLLBACK_COMPLETE and cannot be updated: delete it" in error


def test_template_too_long_for_a_request_travels_by_the_bucket(world: World) -> None:
    template = json.loads(parameter("long"))
    template["Metadata"] = {"Filling": "x" * 60_000}

    execution = world.run(
        pipeline(source(clone=False), deployment("dev", "portal-dev")),
        {"template.json": json.dumps(template)},
    )

    assert execution.status == "Succeeded", execution


def test_tags_and_parameters_come_from_the_template_configuration(world: World) -> None:
    template = json.loads(parameter("x"))
    template["Parameters"] = {"Value": {"Type": "String"}}
    template["Outputs"]["Greeting"]["Value"] = {"Ref": "Value"}
    staged = deployment("dev", "portal-dev")
    staged["Actions"][0]["Configuration"]["TemplateConfiguration"] = "Source::settings.json"
    files = {
        "template.json": json.dumps(template),
        "settings.json": json.dumps({"Parameters": {"Value": "given"}, "Tags": {"Owner": "bank"}}),
    }

    world.run(pipeline(source(clone=False), staged), files)

    stack = world.cloud.client("cloudformation", ACCOUNT).describe_stacks(StackName="portal-dev")["Stacks"][0]
    assert {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}["Greeting"] == "given"
    assert stack["Tags"] == [{"Key": "Owner", "Value": "bank"}]


def test_reference_to_a_variable_that_nobody_gave_fails_the_action(world: World) -> None:
    asks = build("Ask", "Fine", variables=[{"name": "X", "value": "#{nobody.said}"}])

    execution = world.run(
        pipeline(source(), stage("Build", asks), projects={"Fine": project(commands("true"))})
    )

    error = execution.stage("Build").action("Ask").error
    assert error == "the variable #{nobody.said} is not set: no action of namespace 'nobody' gave it"


def test_quote_in_a_variable_breaks_the_json_of_an_action(world: World) -> None:
    asks = build("Ask", "Fine", variables=[{"name": "X", "value": "#{src.CommitMessage}"}])
    world.deploy(pipeline(source(), stage("Build", asks), projects={"Fine": project(commands("true"))}))

    world.push(message='Say "hello"')

    world.ended()
    error = world.engine.executions()[0].stage("Build").action("Ask").error
    assert error is not None
    assert error.startswith("EnvironmentVariables is not a JSON list")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ExecutionMode": "SOMETIMES"}, "Pipeline.ExecutionMode is 'SOMETIMES': use one of"),
        ({"Stages": [source()]}, "a pipeline has at least two stages"),
    ],
)
def test_declaration_that_codepipeline_refuses_fails_the_deployment(
    world: World, change: dict[str, Any], reason: str
) -> None:
    template = pipeline(source(), stage("S", approval()), projects={"P": project(commands("true"))}, **change)

    with pytest.raises(WaiterError):
        world.deploy(template)

    cloudformation = world.cloud.client("cloudformation", ACCOUNT)
    events = cloudformation.describe_stack_events(StackName="pipeline-test")["StackEvents"]
    reasons = [e.get("ResourceStatusReason", "") for e in events if e["LogicalResourceId"] == "Pipeline"]
    assert any(reason in text for text in reasons), reasons
