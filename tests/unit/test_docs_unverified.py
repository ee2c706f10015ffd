"""What `docs/unverified.md` names is there: the files, and every check of `make preflight`."""

from __future__ import annotations

from pipeline.preflight.report import CHECKS
from tests.unit.documents import CODE, ROOT, rows

PAGE = (ROOT / "docs" / "unverified.md").read_text(encoding="utf-8")
TABLES = list(rows(PAGE))


def test_every_check_of_the_preflight_is_told() -> None:
    told = [CODE.findall(row[1])[0] for row in TABLES if len(row) == 2]
    assert told == [check.__name__.replace("_", " ") for check in CHECKS]


def test_every_decision_names_its_file_and_its_check() -> None:
    decisions = [row for row in TABLES if len(row) == 3]
    assert len(decisions) > 20
    for what, where, check in decisions:
        files = CODE.findall(where)
        assert files, what
        assert [file for file in files if not (ROOT / file).exists()] == []
        assert check, what
