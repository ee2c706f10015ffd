"""docs/changes.md: every field has an edit, every edit ends well or is refused, and the page is current."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from pipeline.changes.edits import EDITS, reference
from pipeline.changes.effects import Effect, effects
from pipeline.changes.page import changes, page, refused
from tests import kernel
from tests.unit.documents import ROOT

assert kernel  # starts the CDK without its validator


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Effect]:
    return effects(EDITS, tmp_path_factory.mktemp("edits"))


def fields(part: object, prefix: str = "") -> Iterator[str]:
    """The dotted path of every field that holds a value."""
    for each in dataclasses.fields(part):  # type: ignore[arg-type]
        value = getattr(part, each.name)
        if dataclasses.is_dataclass(value):
            yield from fields(value, f"{prefix}{each.name}.")
        else:
            yield prefix + each.name


def test_every_field_has_an_edit() -> None:
    assert {edit.path for edit in EDITS} == set(fields(reference()))


def test_the_page_is_current(found: list[Effect]) -> None:
    written = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    assert written == page(found), "run `make changes`"


def test_every_edit_does_something(found: list[Effect]) -> None:
    assert [effect.edit.path for effect in found if not refused(effect) and not changes(effect)] == []


def test_no_edit_loses_data_unless_it_is_refused(found: list[Effect]) -> None:
    lost = [
        str(change)
        for effect in found
        if not refused(effect)
        for change in changes(effect)
        if change.loses_data
    ]
    assert lost == []


def test_whoever_is_refused_reads_what_to_do_instead(found: list[Effect]) -> None:
    assert [effect.edit.path for effect in found if refused(effect) and not effect.edit.instead] == []
