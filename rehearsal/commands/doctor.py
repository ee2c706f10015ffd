"""`doctor`: whether this machine and this checkout can be rehearsed on."""

import argparse
import json
from dataclasses import asdict

from rich.console import Console

from .command import Command, project_of

TEACHES = """\
Asks all at once: operating system, git, disk, loopback addresses, PostgreSQL (which for root must run as another user),
line ends, pip's and npm's registries, what `make install` installs, and whether the last commit can be pushed. `run`
and `up` ask the same of the machine before they start anything. Nothing is changed.

The exit code is 0 if nothing stands in the way, 1 if something does. A warning is no obstacle.

examples:
  python -m rehearsal doctor
  python -m rehearsal doctor --json        a list of checks, each with its sentence; empty where all is well
"""
SIGNS = {"": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "problem": "[red]✗[/red]"}


def _run(arguments: argparse.Namespace, console: Console) -> int:
    # Imported late, so that --help and a wrong argument answer at once.
    from rehearsal.machine import CHECKS, examine

    findings = examine(project_of(arguments), CHECKS)
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            console.print(SIGNS[finding.level if finding.sentence else ""], end=" ")
            told = f"{finding.name}: {finding.sentence}" if finding.sentence else finding.name
            console.print(told, markup=False, highlight=False, soft_wrap=True)
    return 1 if any(f.sentence and f.level == "problem" for f in findings) else 0


DOCTOR = Command(
    name="doctor",
    summary="ask whether this machine and this checkout can be rehearsed on",
    teaches=TEACHES,
    run=_run,
    json="print every check as JSON on standard output",
)
