"""The delivery service's memory on disk: one SQLite file, one writer at a time, each change whole or not at all."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import documents

_VERSION = 1
_TABLES = ("pipelines", "versions", "executions", "actions", "approvals", "builds", "transitions", "tags")


class UnreadableStateError(RuntimeError):
    """The file is not one that this version of the rehearsal has written; the message says what to do."""


class Change:
    """Puts and removals that become true together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, table: str, key: str, value: Any) -> None:
        """Keep a dataclass under a key, in place of what was there; the place in the order stays."""
        self._connection.execute(
            f"INSERT INTO {table} (key, document) VALUES (?, ?)"  # noqa: S608 - one of our own tables
            " ON CONFLICT (key) DO UPDATE SET document = excluded.document",
            (key, documents.text(value)),
        )

    def remove(self, table: str, key: str) -> None:
        """Forget what is under a key."""
        self._connection.execute(f"DELETE FROM {table} WHERE key = ?", (key,))  # noqa: S608 - likewise


class Database:
    """Tables of documents by key, in the order of their first writing.

    Every change is a transaction: killed at any instant, the process leaves all of it or nothing. Raises
    UnreadableStateError for a file of another version, or one that is no database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        # It holds what builds were given; SQLite's files beside it get the same mode.
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            # What is committed survives the process, whatever ends it; only a power cut may take the last changes.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise self._unreadable(f"is of version {version}, not {_VERSION}")
            with self.change():
                self._make_tables()
        except sqlite3.DatabaseError as error:
            raise self._unreadable(f"cannot be read ({error})") from error

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction; what it puts is there when it is left without an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Change(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def all(self, table: str, kind: type[documents.Kind]) -> list[documents.Kind]:
        """Everything in a table as objects of a dataclass, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                f"SELECT document FROM {table} ORDER BY number"  # noqa: S608 - one of our own tables
            ).fetchall()
        return [documents.read(kind, row[0]) for row in rows]

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        with self._lock:
            self._connection.close()

    def _make_tables(self) -> None:
        for table in _TABLES:
            self._connection.execute(
                f"CREATE TABLE IF NOT EXISTS {table}"
                " (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL)"
            )
        self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    def _unreadable(self, why: str) -> UnreadableStateError:
        return UnreadableStateError(
            f"{self._path} {why}: start with a fresh state, by `python -m rehearsal up --fresh` or `run`"
        )
