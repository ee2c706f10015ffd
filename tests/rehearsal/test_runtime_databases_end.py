"""Databases end with the rehearsal, also when it is killed, and leave nothing with the kernel."""

import time
from pathlib import Path

from tests.rehearsal.doomed import doomed

REHEARSAL = """
    import sys, time
    from pathlib import Path
    from rehearsal.runtime.postgres import Master, Postgres

    here = Path(sys.argv[1])
    master = Master(user="portal_admin", password="secret", database="portal")
    servers = [
        Postgres(here / f"{number}", address=f"127.89.254.{number}", port=5432, major=16, admin_password="admin")
        for number in (1, 2)
    ]
    servers[0].create(master)
    servers[1].follow(servers[0])
    print("ready", flush=True)
    time.sleep(300)
"""


def servers(folder: Path) -> list[int]:
    """The postmasters whose data is in the folder, from /proc: `ps` is not on every machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"-D" in arguments and any(argument.startswith(bytes(folder)) for argument in arguments):
            found.append(int(process.name))
    return found


def shared_memory_of(pids: list[int]) -> list[str]:
    """Segments that one of these processes made."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()
    creator = lines[0].split().index("cpid")
    return [line for line in lines[1:] if int(line.split()[creator]) in pids]


def test_no_server_and_no_shared_memory_survives_kill_9(tmp_path: Path) -> None:
    with doomed(REHEARSAL, tmp_path):
        pids = servers(tmp_path)
        assert len(pids) == 2
        assert len(shared_memory_of(pids)) == 2

    deadline = time.monotonic() + 5
    while servers(tmp_path) or shared_memory_of(pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)
