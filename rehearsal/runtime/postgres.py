"""One PostgreSQL server: its files, its process, and how it starts from nothing or as a follower of another."""

import contextlib
import re
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import guard
from .postgres_programs import PostgresError, Programs

SUPERUSER = "rdsadmin"  # as on RDS, where customers' own master user is not a superuser
_START_SECONDS = 60.0
_ACCESS = "host replication,all all 127.0.0.0/8 scram-sha-256\n"
_SETTINGS = {
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",  # in the data folder: a killed server leaves nothing in /dev/shm
    "wal_level": "replica",
    "max_wal_size": "64MB",
    "min_wal_size": "8MB",
    "wal_keep_size": "32MB",
    # The data need not outlive this machine, only the process.
    "fsync": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True, kw_only=True)
class Master:
    """The customer's first user and database."""

    user: str
    password: str
    database: str


class Postgres:
    """A server on `address` (loopback, without TLS: that is the door's), its files under `folder`."""

    def __init__(self, folder: Path, *, address: str, port: int, major: int, admin_password: str) -> None:
        """`admin_password`: the superuser's, which the servers of a cluster have in common. Raises PostgresError."""
        self.address = address
        self.port = port
        self._folder = folder.resolve()
        self._data = self._folder / "data"
        self._admin_password = admin_password
        self._programs = Programs(major, self._folder, password=admin_password)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def has_data(self) -> bool:
        """Whether an earlier process left a whole server's files here."""
        return (self._data / "PG_VERSION").is_file()

    @property
    def version(self) -> str:
        """Such as `16.14`."""
        return self._programs.run("postgres", "--version").split()[-1]

    def create(self, master: Master) -> None:
        """Make an empty cluster with the master's user and database, and start it. Raises PostgresError."""
        self._make_folder()
        password_file = self._folder / "superuser"
        password_file.touch(mode=0o600)
        password_file.write_text(self._admin_password)
        self._programs.give(password_file)
        self._programs.run(
            *("initdb", "--pgdata", str(self._data), "--username", SUPERUSER, "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
            *("--no-sync", "--wal-segsize", "1"),
        )
        password_file.unlink()
        (self._data / "pg_hba.conf").write_text(_ACCESS)
        statements = "".join(f"{line}\n" for line in _first_statements(master))
        output = self._programs.run(
            "postgres", "--single", "-D", str(self._data), "postgres", text=statements
        )
        refused = re.search(r"(?:ERROR|FATAL):.*", output)
        if refused:
            raise PostgresError(f"PostgreSQL refused the master user or database: {refused[0]}")
        self._start()

    def follow(self, writer: "Postgres") -> None:
        """Copy a running server and start as its streaming, read-only follower. Raises PostgresError."""
        self._make_folder()
        self._programs.run(
            *("pg_basebackup", "--pgdata", str(self._data), "--dbname", writer._connection()),
            *("--checkpoint=fast", "--write-recovery-conf", "--wal-method=stream", "--no-password"),
            *("--no-sync", "--no-manifest"),
        )
        self._start()

    def resume(self, writer: "Postgres | None") -> None:
        """Start on the files that an earlier process left; `writer` is whom to follow. Raises PostgresError."""
        # Its number may be another program's by now, which PostgreSQL would take for itself still running.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._start(**({"primary_conninfo": writer._connection()} if writer else {}))

    def change_password(self, user: str, password: str) -> None:
        """Give a user another password, on a writer; connections that are open stay. Raises PostgresError."""
        statement = f"ALTER ROLE {_name(user)} PASSWORD {_text(password)}"
        database = f"{self._connection()} dbname=postgres"
        self._programs.run(
            "psql", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", database, text=statement
        )

    def stop(self) -> None:
        """Fast shutdown: clients are disconnected."""
        if self._process is not None:
            guard.end(self._process, grace=10, first=signal.SIGINT)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its files; at once, so that a killed rehearsal leaves no half of them."""
        self.stop()
        removed = self._folder.with_name(f"removed-{secrets.token_hex(8)}")
        with contextlib.suppress(FileNotFoundError):
            self._folder.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)

    def _make_folder(self) -> None:
        self.remove()  # what was begun and never became a whole server
        self._folder.mkdir(parents=True)
        self._data.mkdir(mode=0o700)
        self._programs.give(self._data)

    def _connection(self) -> str:
        """How to connect as the superuser; the password is in the environment of whoever does."""
        return f"host={self.address} port={self.port} user={SUPERUSER}"

    def _start(self, **more: str) -> None:
        settings = {**_SETTINGS, **more, "listen_addresses": self.address, "port": str(self.port)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._programs.log.open("ab") as output:
            self._process = guard.spawn(
                self._programs.command("postgres", "-D", str(self._data), *words),
                cwd=self._folder,
                env=self._programs.environment,
                output=output,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresError(f"PostgreSQL did not start:\n{self._programs.end_of_log()}")
            time.sleep(0.02)

    def _ready(self) -> bool:
        """Whether the server takes connections: the last line of its pid file says so."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"


def new_password() -> str:
    """A password of letters, digits, - and _, which need no quoting anywhere."""
    return secrets.token_urlsafe(24)


def _first_statements(master: Master) -> list[str]:
    """RDS's own group of rights and the master user in it, one statement a line as single-user mode reads."""
    user, database = _name(master.user), _name(master.database)
    return [
        "CREATE ROLE rds_superuser NOLOGIN",
        "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION",
        f"CREATE ROLE {user} LOGIN CREATEDB CREATEROLE PASSWORD {_text(master.password)}",
        f"GRANT rds_superuser TO {user}",
        f"CREATE DATABASE {database} OWNER {user}",
    ]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
