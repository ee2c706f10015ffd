"""A writer and a streaming reader of it, both behind TLS; the certificate holds their two names and no other."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from rehearsal.runtime.database_door import DatabaseDoors
from rehearsal.runtime.postgres import PROGRAMS, SUPERUSER, Master, Postgres
from tests.unit.backend.processes import free_port

MAJOR = 16
USER = "portal_admin"
PASSWORD = "first-password"  # noqa: S105  of a server that lives as long as the test
WRITER, READER = "localhost", "127.0.0.2"
NOT_IN_CERTIFICATE = "127.0.0.1"  # where the writer listens


@dataclass(frozen=True, kw_only=True)
class Database:
    port: int
    writer: Postgres
    reader: Postgres
    authority: Path

    def run(
        self, sql: str, *, on: Postgres | None = None, user: str = USER, password: str = PASSWORD
    ) -> None:
        argv = [*self._psql(on or self.writer, user), "-c", sql]
        subprocess.run(argv, env=os.environ | {"PGPASSWORD": password}, check=True, capture_output=True)

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Nobody else can write to the table, as under a long migration."""
        held = f"SELECT FROM pg_locks WHERE relation = '{table}'::regclass AND mode = 'ExclusiveLock'"
        wait = f"DO $$ BEGIN WHILE NOT EXISTS ({held}) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
        env = os.environ | {"PGPASSWORD": PASSWORD}
        # psql ends, and the lock with it, when its input does.
        with subprocess.Popen(self._psql(self.writer, USER), env=env, stdin=subprocess.PIPE) as holder:
            assert holder.stdin is not None
            holder.stdin.write(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE;\n".encode())
            holder.stdin.flush()
            self.run(wait)
            yield

    @contextlib.contextmanager
    def reader_behind(self) -> Iterator[None]:
        """The reader answers, with what it knew before."""
        self.run("SELECT pg_wal_replay_pause()", on=self.reader, user=SUPERUSER)
        try:
            yield
        finally:
            self.run("SELECT pg_wal_replay_resume()", on=self.reader, user=SUPERUSER)

    @contextlib.contextmanager
    def password_changed(self, password: str) -> Iterator[None]:
        """The old password is refused, and no connection that it opened is left."""
        alter = f"ALTER USER {USER} PASSWORD"
        self.run(f"{alter} '{password}'")
        self._disconnect_backend(password)
        try:
            yield
        finally:
            self.run(f"{alter} '{PASSWORD}'", password=password)
            self._disconnect_backend(PASSWORD)

    def environment(self) -> dict[str, str]:
        return {
            "DB_WRITER_HOST": WRITER,
            "DB_READER_HOST": READER,
            "DB_PORT": str(self.port),
            "DB_NAME": "portal",
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }

    def _disconnect_backend(self, password: str) -> None:
        mine = "FROM pg_stat_activity WHERE application_name = 'portal-backend'"
        self.run(f"SELECT pg_terminate_backend(pid) {mine}", password=password)

    def _psql(self, server: Postgres, user: str) -> list[str]:
        target = f"host={server.address} port={server.port} user={user} dbname=portal"
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
                folder / name, address="127.0.0.1", port=free_port(), major=MAJOR, admin_password=PASSWORD
            )
            cleanup.callback(server.remove)
            servers.append(server)
        writer, reader = servers
        writer.create(Master(user=USER, password=PASSWORD, database="portal"))
        reader.follow(writer)
        port = free_port()
        for address, inside in (("127.0.0.1", writer), (READER, reader)):
            doors.open(
                address,
                port,
                inside=(inside.address, inside.port),
                certificate=certificate,
                key=certificate,
                tls_only=lambda: True,
            )
        yield Database(port=port, writer=writer, reader=reader, authority=folder / "authority.pem")
