"""docs/cost.md against the templates: it is current, and it leaves no type of resource out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cost.assembly import Stack, read
from cost.floor import FREE, USAGE, floors, unknown_types
from cost.page import page
from cost.rules import RULES
from tests.unit.documents import ROOT


@pytest.fixture(scope="module")
def stacks(assembly_folder: Path) -> list[Stack]:
    return read(assembly_folder)


def test_the_page_is_current(stacks: list[Stack]) -> None:
    written = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8").splitlines()
    assert written == page(floors(stacks)).splitlines(), (
        "the templates or the prices changed: run make cost, or python -m cost FOLDER for an assembly that is there"
    )


def test_every_type_is_priced_charged_by_use_or_free(stacks: list[Stack]) -> None:
    assert unknown_types(stacks) == set(), "say in cost/types.toml or cost/rules.py what these cost"


def test_a_type_that_nobody_has_priced_is_noticed(stacks: list[Stack]) -> None:
    other = Stack("foundation-dev", {"Gateway": {"Type": "AWS::EC2::NatGateway", "Properties": {}}})
    assert unknown_types([*stacks, other]) == {"AWS::EC2::NatGateway"}


def test_no_type_is_free_and_charged_at_once() -> None:
    assert set(FREE) & (set(RULES) | set(USAGE)) == set()


def test_each_environment_and_the_pipeline_have_a_floor(stacks: list[Stack]) -> None:
    dollars = {floor.suffix: floor.dollars() for floor in floors(stacks)}
    assert list(dollars) == ["dev", "staging", "prod", "tools"]
    assert dollars["tools"] < dollars["dev"] < dollars["prod"]
