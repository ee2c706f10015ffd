"""Every invariant holds for the assembly, and each one sees the breakages that are its own, and it alone."""

from __future__ import annotations

import re

import pytest

from tests.assembly.catalog import INVARIANTS, TWINS, Breakage, Invariant
from tests.assembly.synthesis import Synthesis

each_invariant = pytest.mark.parametrize("invariant", INVARIANTS.values(), ids=INVARIANTS.keys())


@each_invariant
def test_invariant_holds(invariant: Invariant, synthesis: Synthesis) -> None:
    assert list(invariant(synthesis)) == []


@each_invariant
def test_invariant_holds_with_one_account_for_all(invariant: Invariant, in_one_account: Synthesis) -> None:
    assert list(invariant(in_one_account)) == []


@pytest.mark.parametrize(
    ("name", "breakage"), TWINS, ids=[f"{name}-{breakage.__name__}" for name, breakage in TWINS]
)
def test_twin_is_seen(
    name: str, breakage: Breakage, broken: Synthesis, messages: dict[str, list[str]]
) -> None:
    breakage(broken)
    # What holds no longer; an invariant that the assembly itself breaks is told by the test above.
    found = {other: list(check(broken)) for other, check in INVARIANTS.items()}
    seen = {other: told for other, told in found.items() if told != messages[other]}
    assert list(seen) == [name]
    assert all(re.fullmatch(r"(?s)\S+ \S+: found .+, wanted .+", told) for told in seen[name])


def test_every_invariant_has_a_twin() -> None:
    assert INVARIANTS.keys() == {name for name, _ in TWINS}
