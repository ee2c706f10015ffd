"""Moments in which two things happen at once, each held still so that it is met every time."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import ExecutionNotStoppableError
from rehearsal.delivery.book import Book
from rehearsal.delivery.locks import StageLocks
from tests.rehearsal.delivery.pieces import build, commands, gated, pipeline, project, source, stage
from tests.rehearsal.delivery.world import PATIENCE_SECONDS, World, until


def test_retry_in_the_moment_of_the_failure_keeps_others_out_of_the_stage(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended, go = tmp_path / "mended", tmp_path / "go"
    forget, forgotten = StageLocks.forget, threading.Event()

    def slowly(locks: StageLocks, execution: str) -> None:
        time.sleep(0.5)
        forget(locks, execution)
        forgotten.set()

    monkeypatch.setattr(StageLocks, "forget", slowly)
    broken = project(commands(f"[ -e {mended} ]", f"until [ -e {go} ]; do sleep 0.05; done"))
    failed = world.run(pipeline(source(), stage("Build", build("B", "P")), projects={"P": broken}))
    assert failed.status == "Failed"

    mended.touch()
    world.engine.retry_stage_execution("delivery", "Build", failed.id)
    assert forgotten.wait(PATIENCE_SECONDS)
    world.push()

    until(lambda: len(world.engine.get_pipeline_state("delivery")[1].waiting) == 1)
    go.touch()
    world.ended()
    assert [e.status for e in world.engine.executions()] == ["Succeeded", "Succeeded"]


def test_stop_in_the_moment_of_the_end_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(gated())
    world.push()
    (pending,) = world.waiting()
    execution_id = pending.execution_id
    change = Book.change

    def too_late(book: Book, id_: str, changed: Any) -> Any:
        monkeypatch.undo()
        world.answer(pending, "Rejected")
        until(lambda: book.execution(execution_id).status == "Failed")
        return change(book, id_, changed)

    monkeypatch.setattr(Book, "change", too_late)
    with pytest.raises(ExecutionNotStoppableError):
        world.engine.stop_pipeline_execution("delivery", execution_id)

    assert world.engine.executions()[0].status == "Failed"


def test_push_that_cannot_be_read_does_not_keep_later_ones_from_starting(world: World) -> None:
    world.deploy(gated())
    nobodys = "0" * 39 + "1"
    pushes, told = (world.state / "source.git" / name for name in ("pushes", "told"))
    pushes.write_text(f"no push\n{'0' * 40} {nobodys} refs/heads/main\n")
    until(lambda: told.exists() and int(told.read_text()) == pushes.stat().st_size)

    commit = world.push()

    (pending,) = world.waiting()
    assert pending.revision == commit
