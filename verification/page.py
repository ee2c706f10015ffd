"""The rows of `docs/unverified.md` that a deployed environment can answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "unverified.md"


@dataclass(frozen=True, kw_only=True)
class Row:
    """`claim`: what the project relies on. `check`: how a person sees it."""

    section: str
    claim: str
    check: str


def read(text: str) -> Iterator[Row]:
    """The rows of three cells, in their order; the table of `make preflight` has two."""
    section = ""
    for line in text.splitlines():
        if heading := re.match(r"#+ (.*)", line):
            section = heading[1]
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        is_row = line.startswith("|") and len(cells) == 3 and not set(cells[0]) <= set("-: ")
        if is_row and cells[0] != "What we rely on":
            yield Row(section=section, claim=cells[0], check=cells[2])
