"""PostgreSQL runs for whoever rehearses: root below folders that only root may enter, a plain user, without setpriv."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.runtime import postgres_programs
from rehearsal.runtime.postgres import Master, Postgres
from tests.rehearsal.runtime.databases import psql

ADMIN, MASTER = "password-of-the-superuser", "password-of-the-master"


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of mode 0700, as /root is, with the programs in it as a virtual environment there has them."""
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    installed = postgres_programs.PROGRAMS[16].parents[1]
    shutil.copytree(installed / "pginstall", folder / installed.name / "pginstall")
    libraries = f"{installed.name}.libs"
    shutil.copytree(installed.with_name(libraries), folder / libraries)
    monkeypatch.setattr(
        postgres_programs, "PROGRAMS", {16: folder / installed.name / "pginstall" / "bin"}, raising=True
    )
    return folder


@pytest.fixture
def server(private: Path) -> Iterator[Postgres]:
    made = Postgres(private / "server", address="127.89.252.1", port=5432, major=16, admin_password=ADMIN)
    yield made
    made.stop()


def test_below_a_folder_that_only_its_owner_may_enter_and_without_setpriv(
    private: Path, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(private))  # nothing is there to help
    server.create(Master(user="portal_admin", password=MASTER, database="portal"))
    asked = ("portal_admin", MASTER, "portal", "SELECT 'it answers'")
    assert psql((server.address, server.port), *asked) == "it answers"
    assert private.stat().st_mode & 0o777 == 0o700


def test_the_server_can_neither_write_to_what_is_not_its_own_nor_become_root(
    private: Path, server: Postgres
) -> None:
    server.create(Master(user="portal_admin", password=MASTER, database="portal"))
    process = server._process
    assert process is not None
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
    )
    assert "0" not in status["Uid"].split()
    # CAP_DAC_READ_SEARCH (2) passes and reads; CAP_DAC_OVERRIDE (1) only where root has no other, as in a container.
    ours = int(Path("/proc/self/status").read_text().split("CapPrm:\t")[1].split()[0], 16)
    best = next((1 << number for number in (2, 1) if ours >> number & 1), 0)
    assert int(status["CapEff"], 16) == best
    assert int(status["CapPrm"], 16) == int(status["CapEff"], 16)
