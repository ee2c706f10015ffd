"""Transitions between stages that are disabled, and tags: what an operator or the template puts on a pipeline."""

import pytest

from rehearsal.delivery import (
    DeliveryError,
    PipelineNotFoundError,
    ResourceNotFoundError,
    StageNotFoundError,
    TooManyTagsError,
)
from tests.rehearsal.delivery.pieces import gated
from tests.rehearsal.delivery.world import STACK, World, until

ARN = "arn:aws:codepipeline:us-east-1:111111111111:delivery"


def source_done(world: World, count: int = 1) -> None:
    until(lambda: [e.stage("Source").status for e in world.engine.executions()] == ["Succeeded"] * count)


@pytest.mark.parametrize(("stage", "kind"), [("Gate", "Inbound"), ("Source", "Outbound")])
def test_disabled_transition_holds_executions_until_it_is_enabled(
    world: World, stage: str, kind: str
) -> None:
    world.deploy(gated())
    world.engine.disable_stage_transition("delivery", stage, kind, reason="quarter's end", by="arn:who")
    world.push()
    assert not world.engine.wait(0.1)
    source_done(world)

    assert not world.engine.wait(0.5)
    (execution,) = world.engine.executions()
    gate = world.engine.get_pipeline_state("delivery")[1]
    assert (gate.name, gate.waiting, gate.latest) == ("Gate", (execution.id,), None)
    if kind == "Inbound":
        assert (gate.inbound.enabled, gate.inbound.reason) == (False, "quarter's end")
        assert gate.inbound.changed_by == "arn:who"

    world.engine.enable_stage_transition("delivery", stage, kind)
    world.waiting()
    assert world.engine.get_pipeline_state("delivery")[1].inbound.enabled


def test_transition_stays_disabled_in_the_next_process(world: World) -> None:
    world.deploy(gated())
    world.engine.disable_stage_transition("delivery", "Gate", "Inbound", reason="frozen")

    world.restart()

    world.push()
    until(lambda: len(world.engine.executions()) == 1)
    source_done(world)
    assert not world.engine.wait(0.5)
    assert world.engine.pending_approvals() == []


def test_template_disables_a_transition_and_enables_it_again(world: World) -> None:
    template = gated()
    properties = template["Resources"]["Pipeline"]["Properties"]
    properties["DisableInboundStageTransitions"] = [{"StageName": "prod", "Reason": "not yet"}]
    world.deploy(template)
    prod = world.engine.get_pipeline_state("delivery")[2].inbound
    assert (prod.enabled, prod.reason) == (False, "not yet")

    # What the operator disabled is left alone by an update that says nothing of transitions.
    world.engine.disable_stage_transition("delivery", "Gate", "Inbound", reason="mine")
    properties["Tags"] = [{"Key": "Owner", "Value": "bank"}]
    world.update(template, STACK)
    assert [s.inbound.enabled for s in world.engine.get_pipeline_state("delivery")] == [True, False, False]

    # A reason that the template changes is changed, and nothing else.
    properties["DisableInboundStageTransitions"] = [
        {"StageName": "prod", "Reason": "still not"},
        {"StageName": "Gate", "Reason": "mine"},
    ]
    before = world.engine.get_pipeline_state("delivery")[1].inbound
    world.update(template, STACK)
    gate, prod = (stage.inbound for stage in world.engine.get_pipeline_state("delivery")[1:])
    assert (gate, prod.enabled, prod.reason) == (before, False, "still not")

    properties["DisableInboundStageTransitions"] = []
    world.update(template, STACK)
    assert [s.inbound.enabled for s in world.engine.get_pipeline_state("delivery")] == [True, True, True]


def test_transitions_that_codepipeline_refuses(world: World) -> None:
    world.deploy(gated())

    with pytest.raises(PipelineNotFoundError):
        world.engine.disable_stage_transition("other", "Gate", "Inbound", reason="x")
    with pytest.raises(StageNotFoundError):
        world.engine.enable_stage_transition("delivery", "Other", "Inbound")
    with pytest.raises(DeliveryError, match="use Inbound or Outbound"):
        world.engine.disable_stage_transition("delivery", "Gate", "Sideways", reason="x")


def test_tags_come_from_the_template_and_from_requests(world: World) -> None:
    template = gated()
    template["Resources"]["Pipeline"]["Properties"]["Tags"] = [{"Key": "Owner", "Value": "bank"}]
    world.deploy(template)
    assert world.engine.list_tags(ARN) == {"Owner": "bank"}

    world.engine.tag_resource(ARN, {"Stage": "tools", "Owner": "platform"})
    world.restart()
    assert world.engine.list_tags(ARN) == {"Owner": "platform", "Stage": "tools"}

    world.engine.untag_resource(ARN, ["Owner", "Absent"])
    assert world.engine.list_tags(ARN) == {"Stage": "tools"}
    with pytest.raises(TooManyTagsError):
        world.engine.tag_resource(ARN, {f"k{n}": "v" for n in range(50)})
    with pytest.raises(ResourceNotFoundError):
        world.engine.list_tags(ARN + "2")
