"""A rehearsal that was ended or killed is there again: what it had deployed answers as before."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from rehearsal.runtime import guard, predecessor, reaper
from rehearsal.runtime.predecessor import StillRunning

ROOT = Path(__file__).parents[3]
WORLD = Path(__file__).with_name("world.py")
EARLIER = "mark-of-an-earlier-one"


class Standing:
    """A world's process, and what it said when it stood."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.log = state.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, str(WORLD), str(state)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.facts: dict[str, Any] = self.hear()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, Path(self.log.name).read_text()
        return json.loads(line)

    def say(self, line: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.hear()

    def kill(self) -> None:
        """kill -9, and no waiting for what it started."""
        self.process.kill()
        self.close()

    def end(self) -> None:
        """As `down` does it."""
        self.process.send_signal(signal.SIGINT)
        self.close()

    def close(self) -> None:
        with self.process:
            self.process.wait(60)
        self.log.close()


@contextmanager
def standing(state: Path) -> Iterator[Standing]:
    world = Standing(state)
    try:
        yield world
    finally:
        if world.process.poll() is None:
            world.kill()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A world that was changed after its snapshot, and killed in the midst of a deployment."""
    state = tmp_path_factory.mktemp("world") / "state"
    with standing(state) as world:
        world.say("INSERT INTO kept VALUES ('killed')")
        snapshot_in_the_midst = world.say("deploy")
        world.kill()
        yield {**world.facts, "state": state, "snapshot_in_the_midst": snapshot_in_the_midst}


@pytest.fixture(scope="module")
def again(left: dict[str, Any]) -> Iterator[Standing]:
    with standing(left["state"]) as world:
        yield world


@pytest.mark.parametrize("fact", ["endpoint", "outputs", "secret", "callers"])
def test_after_kill_9_it_is_the_same(left: dict[str, Any], again: Standing, fact: str) -> None:
    assert again.facts["restored"]
    assert again.facts[fact] == left[fact]


def test_every_task_answers_with_its_roles_credentials(again: Standing) -> None:
    assert len(again.facts["callers"]) == 2


def test_rows_are_kept_also_those_after_the_snapshot(again: Standing) -> None:
    assert again.facts["rows"].split() == ["before", "killed"]


def test_readers_follow_the_writer_again(again: Standing) -> None:
    again.say("INSERT INTO kept VALUES ('new')")
    deadline = time.monotonic() + 10
    while "new" not in again.say("SELECT said FROM kept --reader"):
        assert time.monotonic() < deadline


def test_a_deployment_under_way_is_as_if_it_had_not_begun(left: dict[str, Any], again: Standing) -> None:
    assert left["snapshot_in_the_midst"] is False
    assert again.facts["stacks"] == {"data": "CREATE_COMPLETE", "web": "CREATE_COMPLETE"}
    assert again.facts["topics"] == []


def test_only_the_version_that_stands_in_is_told(again: Standing) -> None:
    (difference,) = again.facts["differences"]
    assert "stood in for by PostgreSQL" in difference


def test_what_is_ended_in_order_is_written_down_before(tmp_path: Path) -> None:
    with standing(tmp_path / "state") as first:
        first.say("CREATE TABLE late (said text)")
        (orphan := first.state / "databases" / "cluster-gone").mkdir()
        (reader,) = first.state.glob("databases/*/reader")
        first.end()
    for path in sorted(reader.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    with standing(tmp_path / "state") as second:
        assert second.facts["rows"] == "before"
        assert second.say("SELECT count(*) FROM late --reader") == "0", "a lost reader is copied anew"
        assert not orphan.exists(), "of a database that nobody deployed nothing stays"


def spawn_marked(folder: Path, mark: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sleep", "300"], cwd=folder, env={**os.environ, guard.MARK: mark}, start_new_session=True
    )


def test_what_a_killed_guard_left_is_ended_before_the_next_one_starts(tmp_path: Path) -> None:
    predecessor.write(tmp_path, pid=2**22 - 1, token=EARLIER)
    orphan = spawn_marked(tmp_path, f"outer:{EARLIER}")

    guard.start(tmp_path)

    assert orphan.wait(5) == -signal.SIGKILL
    noted = json.loads((tmp_path / predecessor.FILE).read_text())
    assert noted["token"] != EARLIER


def test_a_process_that_is_just_starting_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting, kernels_own = tmp_path / "123", tmp_path / "7"
    for process in (starting, kernels_own):
        process.mkdir()
        (process / "environ").write_bytes(b"")
    (starting / "exe").symlink_to("/bin/sleep")
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        (starting / "environ").write_bytes(f"{guard.MARK}=outer:{EARLIER}\0".encode())

    monkeypatch.setattr(reaper, "PROC", tmp_path)
    monkeypatch.setattr(reaper.time, "sleep", sleep)
    assert reaper.marked_processes(EARLIER.encode()) == [123]
    assert len(waits) == 1


@contextmanager
def guard_at_work(state: Path, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        ["sh", "-c", f"sleep {seconds}; exit 0", EARLIER], start_new_session=True
    ) as working:
        predecessor.write(state, pid=working.pid, token=EARLIER)
        while EARLIER not in Path(f"/proc/{working.pid}/cmdline").read_text():
            time.sleep(0.01)
        yield working
        with suppress(ProcessLookupError):
            os.killpg(working.pid, signal.SIGKILL)


def test_a_guard_that_is_still_at_work_is_waited_for(tmp_path: Path) -> None:
    with guard_at_work(tmp_path, 0.5):
        predecessor.wait_for_end(tmp_path, own="other")
        assert not [pid for pid in Path("/proc").glob("[0-9]*") if EARLIER in command_line(pid)]


def command_line(process: Path) -> str:
    with suppress(OSError):
        return (process / "cmdline").read_text()
    return ""


def test_a_guard_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predecessor, "_SECONDS", 0.2)
    with (
        guard_at_work(tmp_path, 60) as working,
        pytest.raises(StillRunning, match=f"process {working.pid} still ends"),
    ):
        predecessor.wait_for_end(tmp_path, own="other")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"pid": "x", "token": 1}'])
def test_a_note_that_says_nothing_stops_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / predecessor.FILE).write_text(text)
    predecessor.wait_for_end(tmp_path, own="mine")
