"""The guard's own process: outlives the rehearsal by a moment, to end whatever the rehearsal started.

Started as `python -I -S reaper.py TOKEN`. Standard input is a pipe on which every child announces its process
group; its end means that the rehearsal is gone, however it went.
"""

import os
import select
import signal
import sys
from pathlib import Path

PRUNE_SECONDS = 1.0


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def marked_processes(token: bytes) -> list[int]:
    """Processes that carry the token in their environment: descendants that left their process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marked = token in (entry / "environ").read_bytes()
        except OSError:
            continue
        if marked and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


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
    for group in watch(sys.stdin.fileno()):
        kill_group(group)
    for _ in range(20):  # a process may fork while the list is read
        marked = marked_processes(token)
        if not marked:
            return
        for pid in marked:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue


if __name__ == "__main__":
    main()
