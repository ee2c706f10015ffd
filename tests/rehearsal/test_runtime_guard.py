"""Children end with the rehearsal, however the rehearsal ends."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rehearsal.runtime import guard
from tests.rehearsal.doomed import doomed

ROOT = Path(__file__).parents[2]
REHEARSAL = """
    import subprocess, sys, time
    from pathlib import Path
    from rehearsal.runtime import guard

    here = Path(sys.argv[1])
    # One stays in the group, one leaves it, one loses the guard's mark.
    started = [f"{command} sleep 300 & echo $! >> pids" for command in ("", "setsid", "env -i")]
    script = "; ".join([*started, "echo $$ >> pids", "wait"])
    guard.spawn(["sh", "-c", script], cwd=here, env={"PATH": "/usr/bin:/bin"}, output=subprocess.DEVNULL)
    subprocess.Popen(["sh", "-c", "echo $$ >> pids; exec sleep 300"], cwd=here)  # as the emulator would
    while len((here / "pids").read_text().split() if (here / "pids").exists() else []) < 5:
        time.sleep(0.02)
    print("ready", flush=True)
    time.sleep(300)
"""


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def all_gone(pids: list[int], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "interrupt"])
def test_nothing_survives_the_rehearsal(tmp_path: Path, number: signal.Signals) -> None:
    with doomed(REHEARSAL, tmp_path, number):
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert all(alive(pid) for pid in pids)

    assert all_gone(pids)


def test_a_child_gets_exactly_the_environment_given(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        child = guard.spawn(["/usr/bin/env"], cwd=tmp_path, env={"A": "1"}, output=log)
        assert child.wait(5) == 0
    lines = (tmp_path / "log").read_text().split()
    assert {line.split("=")[0] for line in lines} <= {"A", "PWD", guard.MARK}
    assert "A=1" in lines


def test_ending_a_child_clears_its_whole_group(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 300 & echo $! > pid; wait; wait"
    child = guard.spawn(["sh", "-c", script], cwd=tmp_path, env=dict(os.environ), output=subprocess.DEVNULL)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    grandchild = int((tmp_path / "pid").read_text())

    assert guard.end(child, grace=0.1) == -signal.SIGKILL
    assert all_gone([grandchild])


def test_a_missing_program_ends_with_127(tmp_path: Path) -> None:
    child = guard.spawn(["/no/such"], cwd=tmp_path, env={}, output=subprocess.DEVNULL)
    assert child.wait(5) == 127
