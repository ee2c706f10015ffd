"""`python -m pipeline.changes`: write docs/changes.md; it takes a minute."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.changes.edits import EDITS
from pipeline.changes.effects import ROOT, effects
from pipeline.changes.page import page

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        (ROOT / "docs" / "changes.md").write_text(page(effects(EDITS, Path(folder))), encoding="utf-8")
