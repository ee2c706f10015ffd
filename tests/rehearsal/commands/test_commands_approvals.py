"""`approve` and `reject` answer what waits, and say what is there to answer."""

import pytest

from rehearsal.client import Pipeline
from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import approval, pipeline, source, stage
from tests.rehearsal.service.world import World

GATE = approval(configuration={"CustomData": "Deploy to prod?"})


@pytest.fixture
def waiting(world: World) -> World:
    """A run that waits at Gate/Approve."""
    world.deploy(pipeline(source(), stage("Gate", GATE)))
    world.push()
    world.waiting()
    return world


def test_the_one_approval_need_not_be_named(waiting: World, shell: Shell) -> None:
    assert shell("approve") == 0
    assert "Approved: Gate / Approve" in shell.said
    waiting.ended()
    assert waiting.engine.executions()[0].status == "Succeeded"


def test_a_rejection_fails_the_stage_with_its_reason(waiting: World, shell: Shell) -> None:
    assert shell("reject", "Gate", "--why", "replaces the database") == 0
    waiting.ended()
    action = waiting.engine.executions()[0].stage("Gate").action("Approve")
    assert (action.status, action.summary) == ("Failed", "replaces the database")


def test_a_rejection_needs_a_reason(waiting: World, shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        shell("reject", "Gate")
    assert "--why" in capsys.readouterr().err
    assert "--why: give a reason of 1 to 512 characters" in shell.refused("reject", "--why", " ")
    assert "--why: give a reason" in shell.refused("approve", "--why", "x" * 513)


def test_another_stage_than_the_one_that_waits_is_refused(waiting: World, shell: Shell) -> None:
    assert shell.refused("approve", "Gate-prod") == "approval 'Gate-prod': what waits is Gate/Approve"


def test_of_several_approvals_one_must_be_named(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval("Bank"), approval("Team"))))
    world.push()
    world.waiting(2)
    said = shell.refused("approve")
    assert said == "several approvals wait, so name one of Gate/Bank, Gate/Team"
    assert shell.json("approve", "Gate/Team", "--why", "ok")["action"] == "Team"
    assert [pending.action for pending in world.waiting()] == ["Bank"]


def test_when_nothing_waits_that_is_said(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", GATE)))
    assert shell.refused("approve") == "no approval of delivery waits for a person"


def test_what_somebody_else_has_answered_is_not_answered_again(waiting: World) -> None:
    pipeline = Pipeline(waiting.codepipeline, "delivery")
    (seen,) = pipeline.waiting()
    waiting.answer(waiting.waiting()[0], "Rejected")

    assert not pipeline.answer(seen, status="Approved", summary="too late")


def test_what_is_asked_names_the_commit_that_it_is_about(world: World) -> None:
    asked = approval(configuration={"CustomData": "Deploy #{src.CommitId}?"})
    world.deploy(pipeline(source(), stage("Gate", asked)))
    commit = world.push()
    world.waiting()

    (shown,) = Pipeline(world.codepipeline, "delivery").waiting()

    assert shown.custom_data == f"Deploy {commit}?"
