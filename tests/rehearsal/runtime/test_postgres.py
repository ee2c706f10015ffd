"""One server and its follower: what they say of themselves to the machine, and what is left of one that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.runtime.postgres import SUPERUSER, Master, Postgres
from rehearsal.runtime.postgres_programs import PostgresError, Programs
from tests.rehearsal.runtime.databases import psql
from tests.rehearsal.waiting import wait_for

ADMIN, MASTER = "password-of-the-superuser", "password-of-the-master"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Postgres]]:
    """A server and one to follow it, neither made nor started."""
    made = [
        Postgres(
            tmp_path / f"{number}", address=f"127.89.253.{number}", port=5432, major=16, admin_password=ADMIN
        )
        for number in (1, 2)
    ]
    yield made
    for server in reversed(made):
        server.stop()


def ask(server: Postgres, statement: str) -> str:
    return psql((server.address, server.port), SUPERUSER, ADMIN, "portal", statement)


def test_a_follower_goes_on_after_a_restart_and_no_command_line_has_a_password(
    servers: list[Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    command = Programs.command

    def noted(programs: Programs, *words: str) -> list[str]:
        started.extend(words)
        return command(programs, *words)

    monkeypatch.setattr(Programs, "command", noted)
    writer, reader = servers
    writer.create(Master(user="portal_admin", password=MASTER, database="portal"))
    reader.follow(writer)
    reader.stop()
    reader.resume(writer)
    ask(writer, "CREATE TABLE notes AS SELECT 'written once' AS text")

    wait_for(lambda: ask(reader, "SELECT text FROM notes") == "written once")
    assert {"initdb", "pg_basebackup", "postgres"} <= set(started)
    assert not [word for word in started if ADMIN in word or MASTER in word]


def test_a_master_that_postgresql_refuses_is_told(servers: list[Postgres]) -> None:
    with pytest.raises(PostgresError, match=f'role "{SUPERUSER}" already exists'):
        servers[0].create(Master(user=SUPERUSER, password=MASTER, database="portal"))
