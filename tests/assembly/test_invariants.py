"""Every invariant holds for the assembly, and each one sees the breakages that are its own, and it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.assembly import account_breakages, breakages
from tests.assembly.breakages import Breakage
from tests.assembly.synthesis import Synthesis

Invariant = Callable[[Synthesis], Iterator[str]]
SEEN_BY = breakages.SEEN_BY | account_breakages.SEEN_BY
INVARIANTS = list(SEEN_BY)


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_invariant_holds(invariant: Invariant, synthesis: Synthesis) -> None:
    assert list(invariant(synthesis)) == []


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_invariant_holds_with_one_account_for_all(invariant: Invariant, in_one_account: Synthesis) -> None:
    assert list(invariant(in_one_account)) == []


@pytest.mark.parametrize(
    ("invariant", "breakage"),
    [(invariant, breakage) for invariant, breakages in SEEN_BY.items() for breakage in breakages],
    ids=lambda function: function.__name__,
)
def test_breakage_is_seen(
    invariant: Invariant, breakage: Breakage, broken: Synthesis, synthesis: Synthesis
) -> None:
    breakage(broken)
    # What holds no longer; an invariant that the assembly itself breaks is told by the test above.
    seen = {check.__name__ for check in INVARIANTS if list(check(broken)) != list(check(synthesis))}
    assert seen == {invariant.__name__}
