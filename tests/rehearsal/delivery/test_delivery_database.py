"""The file on disk: changes whole or not at all, objects as they were, and files that are not ours."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

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
