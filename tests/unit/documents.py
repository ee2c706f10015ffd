"""Markdown as the tests of `docs/` read it: rows of tables, and what stands in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"`([^`\n]+)`")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of each table, the two lines of its head left out."""
    body = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            body = False
        elif all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            body = True
        elif body:
            yield cells
