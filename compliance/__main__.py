"""Writes docs/compliance.md from an assembly: `python -m compliance cdk.out`."""

from __future__ import annotations

import sys
from pathlib import Path

from compliance.document import render

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "compliance.md"


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit("usage: python -m compliance ASSEMBLY, for example cdk.out after make synth")
    DOCUMENT.write_text(render(Path(arguments[0])), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
