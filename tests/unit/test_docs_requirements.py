"""docs/requirements.md: every point of the request has its row, its files and its proof."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.unit.documents import CODE, ROOT, rows

TEXT = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = {row[0]: row for row in rows(TEXT)}
# How many points each section of the request makes, and what their numbers begin with.
REQUEST = {
    "Opening letter": ("P", 5),
    "Core requirement 1: network": ("1.", 4),
    "Core requirement 2: containers": ("2.", 5),
    "Core requirement 3: load balancing": ("3.", 6),
    "Core requirement 4: database": ("4.", 5),
    "Core requirement 5: sessions": ("5.", 4),
    "Core requirement 6: API Gateway": ("6.", 4),
    "Core requirement 7: CDN": ("7.", 5),
    "Core requirement 8: monitoring": ("8.", 5),
    "Technical requirements": ("T", 12),
    "Deployment requirements": ("D", 7),
    "Security constraints": ("S", 7),
    "Performance constraints": ("F", 6),
    "Cost optimization": ("C", 6),
    "Success criteria": ("A", 17),
    "Deliverables": ("L", 16),
    "Asked for by the owner apart from the request": ("O", 9),
}
# The request asks for files of a TypeScript project: what it names, and what stands in its place.
TYPESCRIPT = {
    "bin/tap.ts": "app.py",
    "lib/tap-stack.ts": "portal_stage/stage.py",
    "lib/": "portal_stage/",
    "lib/README.md": "docs/operations.md",
}
INVARIANTS = re.compile(r"invariants? ((?:`[\w.]+`(?:, )?)+)")


def proofs(cell: str) -> list[str]:
    """The node ids that the last cell of a row names."""
    found = [
        f"tests/assembly/test_invariants.py::test_invariant_holds[{name}]"
        for names in INVARIANTS.findall(cell)
        for name in CODE.findall(names)
    ]
    return found + [f"tests/{code}" for code in CODE.findall(cell) if "::" in code]


@pytest.mark.parametrize("section", REQUEST)
def test_every_section_of_the_request_has_all_its_rows(section: str) -> None:
    prefix, count = REQUEST[section]
    (text,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert [row[0] for row in rows(text)] == [f"{prefix}{number}" for number in range(1, count + 1)]


def test_the_page_has_no_other_section() -> None:
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE) == list(REQUEST)


def test_every_row_names_its_files_and_they_exist() -> None:
    paths = {number: CODE.findall(where) for number, _, where, _ in ROWS.values()}
    assert [number for number, found in paths.items() if not found] == []
    assert [path for found in paths.values() for path in found if not (ROOT / path).exists()] == []


def test_every_row_names_a_proof() -> None:
    assert [number for number, _, _, cell in ROWS.values() if not proofs(cell)] == []


@pytest.mark.parametrize("asked", TYPESCRIPT)
def test_every_file_of_typescript_has_what_stands_in_its_place(asked: str) -> None:
    assert (ROOT / TYPESCRIPT[asked]).exists()
    assert any(f"`{asked}`" in point for _, point, _, _ in ROWS.values()), "docs/requirements.md"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = [row for row in rows(readme) if f"`{asked}`" in row[0]]
    _, place, reason = row
    assert TYPESCRIPT[asked] in CODE.findall(place)
    assert reason


def test_pytest_finds_every_proof() -> None:
    wanted = sorted({proof for row in ROWS.values() for proof in proofs(row[-1])})
    # The whole files, because pytest stops at the first name that it does not find.
    files = sorted({proof.partition("::")[0] for proof in wanted})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", *files]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    collected = set(result.stdout.splitlines())
    collected |= {name.partition("[")[0] for name in collected}
    assert [proof for proof in wanted if proof not in collected] == []
