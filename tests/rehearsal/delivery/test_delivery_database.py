"""The file on disk: changes whole or not at all, objects as they were, and files that are not ours."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery.database import Database, UnreadableStateError


@dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    parts: tuple[Part, ...] = ()
    notes: dict[str, str] | None = None


def test_objects_come_back_as_they_were_in_the_order_of_their_first_writing(tmp_path: Path) -> None:
    first = Thing(name="first", parts=(Part(name="a", path=tmp_path), Part(name="b")), notes={"k": "v"})
    database = Database(tmp_path / "file")
    with database.change() as change:
        change.put("builds", "1", Thing(name="draft"))
        change.put("builds", "2", Thing(name="second"))
        change.put("builds", "1", first)
        change.put("tags", "1", Thing(name="elsewhere"))
    database.close()

    assert Database(tmp_path / "file").all("builds", Thing) == [first, Thing(name="second")]


def test_change_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "file")
    with database.change() as change:
        change.put("builds", "1", Thing(name="before"))

    def broken() -> None:
        with database.change() as change:
            change.put("builds", "1", Thing(name="after"))
            change.put("nowhere", "1", Thing(name="after"))

    with pytest.raises(sqlite3.OperationalError):
        broken()

    assert database.all("builds", Thing) == [Thing(name="before")]


def test_file_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "file") as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(UnreadableStateError, match=r"is of version 99, not 1: start with a fresh state"):
        Database(tmp_path / "file")


def test_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database at all, but long enough to be looked at" * 40)

    with pytest.raises(UnreadableStateError, match="cannot be read"):
        Database(tmp_path / "file")


def test_change_that_cannot_be_written_leaves_room_for_the_next(tmp_path: Path) -> None:
    database = Database(tmp_path / "file")
    connection = database._connection

    class Full:
        """A connection to a disk that is full at the end of a change."""

        def execute(self, sql: str, *values: object) -> object:
            if sql == "COMMIT":
                raise sqlite3.OperationalError("database or disk is full")
            return connection.execute(sql, *values)

        def __getattr__(self, name: str) -> object:
            return getattr(connection, name)

    full: Any = Full()
    database._connection = full
    with pytest.raises(sqlite3.OperationalError, match="full"), database.change() as change:
        change.put("builds", "1", Thing(name="lost"))
    database._connection = connection

    with database.change() as change:
        change.put("builds", "2", Thing(name="kept"))

    assert [thing.name for thing in database.all("builds", Thing)] == ["kept"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "file")
    with database.change() as change:
        change.put("builds", "1", Thing(name="secret"))

    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
        "file": "0o600",
        "file-shm": "0o600",
        "file-wal": "0o600",
    }
