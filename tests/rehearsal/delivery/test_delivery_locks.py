"""Who may be in a stage: one execution at a time, in the order of their coming, unless the mode says otherwise."""

import threading

from rehearsal.delivery.locks import StageLocks
from tests.rehearsal.delivery.world import PATIENCE_SECONDS


def enter(locks: StageLocks, execution: str, *, mode: str = "QUEUED") -> bool:
    """Whether the execution is in the stage at last."""
    halted = threading.Event()
    patience = threading.Timer(PATIENCE_SECONDS, halted.set)
    patience.start()
    try:
        return locks.wait("Gate", execution, mode=mode, halted=halted, open_=lambda: True)
    finally:
        patience.cancel()


def test_whoever_came_first_goes_first_even_into_a_stage_that_is_free() -> None:
    locks = StageLocks()
    for execution in ("first", "second"):
        locks.join("Gate", execution, mode="QUEUED")
    hasty = threading.Thread(target=enter, args=(locks, "second"), daemon=True)

    hasty.start()
    hasty.join(0.5)
    assert hasty.is_alive()
    assert locks.waiting("Gate") == ("first", "second")

    assert enter(locks, "first")
    locks.leave("Gate", "first")
    hasty.join(PATIENCE_SECONDS)
    assert locks.waiting("Gate") == ()


def test_in_parallel_nobody_waits() -> None:
    locks = StageLocks()
    for execution in ("first", "second"):
        locks.join("Gate", execution, mode="PARALLEL")

    assert enter(locks, "second", mode="PARALLEL")
    assert enter(locks, "first", mode="PARALLEL")
    assert locks.waiting("Gate") == ()


def test_stage_is_not_entered_past_whoever_is_inside() -> None:
    locks = StageLocks()

    assert locks.enter("Gate", "first")
    assert locks.enter("Gate", "first")
    assert not locks.enter("Gate", "second")
    locks.forget("first")
    assert locks.enter("Gate", "second")
