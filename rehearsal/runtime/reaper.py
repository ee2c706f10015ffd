"""The guard's own process: outlives the rehearsal by a moment, to end whatever the rehearsal started.

Started as `python -I -S reaper.py TOKEN`. Standard input is a pipe on which every child announces its process
group; its end means that the rehearsal is gone, however it went.
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PRUNE_SECONDS = 1.0
INTERRUPT_SECONDS = 0.7
LOOKS = 5
LOOK_SECONDS = 0.02
PROC = Path("/proc")


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def end_groups(groups: set[int]) -> None:
    """Interrupt them first: a PostgreSQL that is only killed leaves its shared memory with the kernel."""
    for group in groups:
        signal_group(group, signal.SIGINT)
    deadline = time.monotonic() + INTERRUPT_SECONDS
    while time.monotonic() < deadline and any(map(group_exists, groups)):
        time.sleep(0.02)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def marked_processes(token: bytes) -> list[int]:
    """Processes that carry the token in their environment: descendants that left their process group."""
    found, starting = _look(PROC.glob("[0-9]*"), token)
    for _ in range(LOOKS):
        if not starting:
            break
        time.sleep(LOOK_SECONDS)
        more, starting = _look(starting, token)
        found += more
    return found


def _look(processes: Iterable[Path], token: bytes) -> tuple[list[int], list[Path]]:
    """The marked ones, and those that are in the midst of exec: a program is there, and no environment yet."""
    found, starting = [], []
    for process in processes:
        try:
            environment = (process / "environ").read_bytes()
            if not environment and (process / "exe").readlink():  # the kernel's own have none
                starting.append(process)
        except OSError:
            continue
        if token in environment and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found, starting


def end_marked(token: bytes) -> None:
    """Kill every process that carries the token."""
    for _ in range(20):  # a process may fork while the list is read
        marked = marked_processes(token)
        if not marked:
            return
        for pid in marked:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def watch(descriptor: int) -> set[int]:
    """Collect process groups until the pipe ends; forget those that are gone, for numbers are used again."""
    groups: set[int] = set()
    rest = b""
    while True:
        ready, _, _ = select.select([descriptor], [], [], PRUNE_SECONDS)
        if not ready:
            groups = {group for group in groups if group_exists(group)}
            continue
        received = os.read(descriptor, 65536)
        if not received:
            return groups
        *lines, rest = (rest + received).split(b"\n")
        groups.update(int(line) for line in lines if line.isdigit())


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    token = sys.argv[1].encode()
    end_groups(watch(sys.stdin.fileno()))
    end_marked(token)


if __name__ == "__main__":
    main()
