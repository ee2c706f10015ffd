"""Manual approvals: given, refused, expired, and answers that AWS would not take."""

import time
from dataclasses import replace

import pytest

from rehearsal.delivery import (
    ActionNotFoundError,
    ApprovalAlreadyCompletedError,
    DeliveryError,
    InvalidApprovalTokenError,
    PipelineNotFoundError,
    StageNotFoundError,
)
from tests.rehearsal.delivery.pieces import gated
from tests.rehearsal.delivery.world import World


def test_rejected_approval_fails_the_stage_with_its_reason(world: World) -> None:
    world.deploy(gated())
    world.push()

    world.answer(world.waiting()[0], "Rejected", "not on a Friday")

    world.ended()
    (execution,) = world.engine.executions()
    assert execution.stage("Gate").action("Approve").error == "Rejected: not on a Friday"
    assert execution.stage("prod").status is None


def test_approval_that_nobody_answers_expires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(gated(timeout_in_minutes=5))
    before = time.time()
    world.push()
    pending = world.waiting()[0]
    assert before + 300 <= pending.expires <= time.time() + 300

    monkeypatch.setattr("time.time", lambda: pending.expires + 1)
    world.ended()

    (execution,) = world.engine.executions()
    assert execution.stage("Gate").action("Approve").error == "the approval expired: nobody answered in time"
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(pending, "Approved")


def test_answers_that_codepipeline_refuses(world: World) -> None:
    world.deploy(gated())
    world.push()
    pending = world.waiting()[0]

    for change, error in (
        ({"pipeline": "other"}, PipelineNotFoundError),
        ({"stage": "Other"}, StageNotFoundError),
        ({"action": "Other"}, ActionNotFoundError),
        ({"stage": "prod", "action": "B"}, ActionNotFoundError),
        ({"token": "other"}, InvalidApprovalTokenError),
    ):
        with pytest.raises(error):
            world.answer(replace(pending, **change), "Approved")  # type: ignore[arg-type]
    with pytest.raises(DeliveryError, match="use Approved or Rejected"):
        world.answer(pending, "Perhaps")
    with pytest.raises(DeliveryError, match="513 characters: at most 512"):
        world.answer(pending, "Approved", "x" * 513)

    world.answer(pending, "Approved")
    with pytest.raises(ApprovalAlreadyCompletedError):
        world.answer(pending, "Approved")
