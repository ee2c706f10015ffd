"""Faults of the rehearsal's own: the action fails and says so, and nobody is kept waiting by it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.delivery import ActionState, Engine
from rehearsal.delivery.action_runs import Actions
from rehearsal.delivery.book import Book
from tests.rehearsal.delivery.pieces import approval, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World, until

TEMPLATE = pipeline(source(), stage("Build", build("B", "P")), projects={"P": project(commands("true"))})
FULL = "Internal error: OSError: [Errno 28] No space left on device"


def full(*_arguments: object, **_named: object) -> Any:
    raise OSError(28, "No space left on device")


def test_outcome_that_cannot_be_written_down_fails_the_action_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a build whose success cannot be written down, beside an action that goes on
    update = Book.update_action

    def once(book: Book, id_: str, stage_: str, action: str, **changes: Any) -> None:
        if (action, changes.get("status")) == ("B", "Succeeded"):
            full()
        update(book, id_, stage_, action, **changes)

    monkeypatch.setattr(Book, "update_action", once)
    world.deploy(
        pipeline(
            source(),
            stage("Build", build("B", "P"), approval()),
            projects={"P": project(commands("true"))},
        )
    )
    world.push()
    (pending,) = world.waiting()

    def broken() -> ActionState:
        return world.engine.executions()[0].stage("Build").action("B")

    # THEN it has failed before the other ends
    until(lambda: broken().status != "InProgress")
    assert (broken().status, broken().error) == ("Failed", FULL)
    world.answer(pending, "Approved")
    assert (world.ended().status, world.ended().stage("Build").status) == ("Failed", "Failed")


def settling(world: World, settled: Callable[[], object]) -> None:
    """Begin with an engine that calls this whenever an action has ended."""
    world.engine.stop()
    world.engine = Engine(world.cloud, state=world.state, surroundings=world.surroundings, settled=settled)
    world.engine.watch()


def test_cloud_that_cannot_be_written_down_fails_the_action(world: World) -> None:
    settling(world, full)

    execution = world.run(TEMPLATE)

    assert (execution.status, execution.stage("Source").action("Repo").error) == ("Failed", FULL)


def test_action_that_has_failed_keeps_its_own_reason(world: World) -> None:
    ended: list[None] = []
    settling(world, lambda: full() if ended else ended.append(None))

    execution = world.run(
        pipeline(source(), stage("Build", build("B", "P")), projects={"P": project(commands("exit 7"))})
    )

    assert "exit status 7" in str(execution.stage("Build").action("B").error)


def test_runner_that_dies_at_work_fails_its_action_and_the_next_execution_passes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an execution whose runner dies in its build, with nobody left to write the outcome down
    run = Actions.run

    def dying(actions: Actions, stage_: Any, action: Any, given: Any) -> None:
        if action.name == "B":
            actions._book.update_action(actions._id, "Build", "B", status="InProgress", id="b")
            full()
        run(actions, stage_, action, given)

    monkeypatch.setattr(Actions, "run", dying)
    first = world.run(TEMPLATE)

    # THEN its action, its stage and the execution have failed
    assert (first.status, first.summary, first.stage("Build").status) == ("Failed", FULL, "Failed")
    action = first.stage("Build").action("B")
    assert (action.status, action.error) == ("Failed", FULL)
    assert None not in (action.ended, first.stage("Build").ended, first.ended)

    # AND the stage is free, for the next execution and for a retry
    monkeypatch.undo()
    world.push()
    assert world.ended().status == "Succeeded"


def test_runner_that_dies_between_actions_leaves_a_stage_that_can_be_retried(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Actions.given
    looks = []

    def second(actions: Actions, execution: Any) -> Any:
        looks.append(execution)
        return full() if len(looks) == 2 else given(actions, execution)

    monkeypatch.setattr(Actions, "given", second)
    first = world.run(TEMPLATE)

    assert (first.status, first.summary, first.stage("Build").status) == ("Failed", FULL, "Failed")
    assert first.stage("Build").action("B").status is None
    world.engine.retry_stage_execution("delivery", "Build", first.id)
    assert (world.ended().status, world.engine.executions()[0].summary) == ("Succeeded", None)


def test_runner_whose_end_cannot_be_written_down_keeps_nobody_out_of_its_stage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a runner that dies in its build, on a disk that takes nothing any more
    run = Actions.run

    def dying(actions: Actions, stage_: Any, action: Any, given: Any) -> None:
        if action.name == "B":
            monkeypatch.setattr(Book, "change", full)
            full()
        run(actions, stage_, action, given)

    monkeypatch.setattr(Actions, "run", dying)
    world.deploy(TEMPLATE)
    world.push()
    until(lambda: Book.change is full)
    until(lambda: not any(thread.name.startswith("execution-") for thread in threading.enumerate()))

    # WHEN there is room again
    monkeypatch.undo()
    world.push()

    # THEN the next execution passes
    until(lambda: [e.status for e in world.engine.executions()] == ["Succeeded", "InProgress"])
