"""A writer and a streaming reader of it, both behind TLS; the certificate holds their two names and no other."""

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from rehearsal.runtime.database_door import DatabaseDoors
from rehearsal.runtime.postgres import SUPERUSER, Master, Postgres
from rehearsal.runtime.postgres_programs import PROGRAMS
from tests.unit.backend.processes import free_port

MAJOR = 16
MASTER, USER = "portal_admin", "portal_backend"
# Of servers that live as long as the tests.
MASTER_PASSWORD, PASSWORD = "master-password", "first-password"
DATABASE = "portal"
WRITER, READER = "localhost", "127.0.0.2"
MIGRATION = Path(__file__).parents[3] / "containers" / "backend" / "src" / "migrate.mjs"
NOT_IN_CERTIFICATE = "127.0.0.1"  # where the writer listens


@dataclass(frozen=True, kw_only=True)
class Database:
    port: int
    writer: Postgres
    reader: Postgres
    writer_folder: Path
    authority: Path
    certificate: Path

    def run(
        self,
        sql: str,
        *,
        on: Postgres | None = None,
        user: str = MASTER,
        password: str = MASTER_PASSWORD,
        database: str = DATABASE,
    ) -> str:
        """What it answers; CalledProcessError when it is refused."""
        argv = [*self._psql(on or self.writer, user, database), "-Atc", sql]
        env = os.environ | {"PGPASSWORD": password, "PGOPTIONS": "-c statement_timeout=20s"}
        return subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout.strip()

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Nobody else can write to the table, as under a long migration."""
        held = f"SELECT FROM pg_locks WHERE relation = '{table}'::regclass AND mode = 'ExclusiveLock'"
        wait = f"DO $$ BEGIN WHILE NOT EXISTS ({held}) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
        env = os.environ | {"PGPASSWORD": MASTER_PASSWORD}
        argv = self._psql(self.writer, MASTER, DATABASE)
        # psql ends, and the lock with it, when its input does.
        with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE) as holder:
            assert holder.stdin is not None
            holder.stdin.write(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE;\n".encode())
            holder.stdin.flush()
            self.run(wait)
            yield

    @contextlib.contextmanager
    def migrating(self) -> Iterator[None]:
        """Another task is in the midst of its migration: it holds the lock that migrations take."""
        lock = re.search(r"LOCK = ([\d_]+);", MIGRATION.read_text())
        assert lock is not None
        argv = self._psql(self.writer, MASTER, DATABASE)
        env = os.environ | {"PGPASSWORD": MASTER_PASSWORD}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(argv, env=env, text=True, **pipes) as holder:
            assert holder.stdin is not None
            assert holder.stdout is not None
            holder.stdin.write(f"BEGIN; SELECT pg_advisory_xact_lock({lock[1].replace('_', '')});\n")
            holder.stdin.flush()
            holder.stdout.readline()
            yield

    @contextlib.contextmanager
    def another_door(self, port: int) -> Iterator[None]:
        """The writer answers on that port too."""
        doors = DatabaseDoors()
        try:
            _open(doors, "127.0.0.1", port, self.writer, self.certificate)
            yield
        finally:
            doors.stop()

    def writer_log(self) -> str:
        return (self.writer_folder / "log").read_text()

    @contextlib.contextmanager
    def reader_behind(self) -> Iterator[None]:
        """The reader answers, with what it knew before."""
        self.run("SELECT pg_wal_replay_pause()", on=self.reader, user=SUPERUSER)
        try:
            yield
        finally:
            self.run("SELECT pg_wal_replay_resume()", on=self.reader, user=SUPERUSER)

    def disconnect_backend(self) -> None:
        mine = "FROM pg_stat_activity WHERE application_name = 'portal-backend'"
        self.run(f"SELECT pg_terminate_backend(pid, 5000) {mine}", user=SUPERUSER)
        time.sleep(0.2)  # until the backend has heard of it, or its next query is the one that fails

    def environment(self) -> dict[str, str]:
        return {
            "DB_WRITER_HOST": WRITER,
            "DB_READER_HOST": READER,
            "DB_PORT": str(self.port),
            "DB_NAME": DATABASE,
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }

    def migration_environment(self) -> dict[str, str]:
        return self.environment() | {
            "DB_MASTER_USER": MASTER,
            "DB_MASTER_PASSWORD": MASTER_PASSWORD,
            "DB_USER": USER,
            "DB_PASSWORD": PASSWORD,
        }

    def _psql(self, server: Postgres, user: str, database: str) -> list[str]:
        target = f"host={server.address} port={server.port} user={user} dbname={database}"
        return [str(PROGRAMS[MAJOR] / "psql"), target, "--quiet"]


@contextlib.contextmanager
def start(folder: Path) -> Iterator[Database]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    leaf = authority.issue_cert(WRITER, READER)
    certificate = folder / "server.pem"
    leaf.private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with contextlib.ExitStack() as cleanup:
        doors = DatabaseDoors()
        cleanup.callback(doors.stop)
        servers = []
        for name in ("writer", "reader"):
            server = Postgres(
                folder / name,
                address="127.0.0.1",
                port=free_port(),
                major=MAJOR,
                admin_password=MASTER_PASSWORD,
            )
            cleanup.callback(server.remove)
            servers.append(server)
        writer, reader = servers
        writer.create(Master(user=MASTER, password=MASTER_PASSWORD, database=DATABASE))
        reader.follow(writer)
        port = free_port()
        for address, inside in (("127.0.0.1", writer), (READER, reader)):
            _open(doors, address, port, inside, certificate)
        yield Database(
            port=port,
            writer=writer,
            reader=reader,
            writer_folder=folder / "writer",
            authority=folder / "authority.pem",
            certificate=certificate,
        )


def _open(doors: DatabaseDoors, address: str, port: int, server: Postgres, certificate: Path) -> None:
    doors.open(
        address,
        port,
        inside=(server.address, server.port),
        certificate=certificate,
        key=certificate,
        tls_only=lambda: True,
    )
