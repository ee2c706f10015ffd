"""`python -m cost [ASSEMBLY]`: write `docs/cost.md` from the cloud assembly, by default `cdk.out`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cost.assembly import read
from cost.floor import floors, unknown_types
from cost.page import page

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cost", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("assembly", nargs="?", type=Path, default=ROOT / "cdk.out", help="default: cdk.out")
    folder = parser.parse_args().assembly
    if not (folder / "manifest.json").is_file():
        sys.exit(f"assembly {str(folder)!r}: use a folder that a synthesis wrote, for example by make synth")
    stacks = read(folder)
    if unknown := unknown_types(stacks):
        sys.exit(f"{', '.join(sorted(unknown))}: say in cost/types.toml or cost/rules.py what it costs")
    (ROOT / "docs" / "cost.md").write_text(page(floors(stacks)), encoding="utf-8")
    for floor in floors(stacks):
        print(f"{floor.suffix:10}{floor.dollars():10,.2f} USD a month while nobody uses it")


if __name__ == "__main__":
    main()
