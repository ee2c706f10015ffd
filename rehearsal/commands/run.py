"""`run`: the whole rehearsal in one command."""

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from .command import Command, CommandError, port, project_of

if TYPE_CHECKING:
    from rehearsal.report import Report

TEACHES = """\
Starts a local AWS, bootstraps it, deploys the pipeline, pushes the last commit and follows the pipeline to its end.
It starts afresh each time. The report is build/rehearsal/report.json, the logs are in build/rehearsal/logs.
The exit code is 0 if everything was green, 1 if not.

examples:
  python -m rehearsal run                  ask at the terminal before each promotion
  python -m rehearsal run --approve all    give every approval
  python -m rehearsal run --json           the report on standard output, the progress on standard error
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--approve",
        choices=("ask", "all"),
        default="ask",
        help="ask before each promotion (default), or give all",
    )
    parser.add_argument("--port", type=port, help="port of the local AWS endpoint (default: a free one)")
    parser.add_argument(
        "--keep", action="store_true", help="stay up afterwards, to look around, until Ctrl-C"
    )


def _run(arguments: argparse.Namespace, console: Console) -> int:
    # Imported late, so that --help and a wrong argument answer at once.
    from rehearsal.approvals import AskAtTerminal, approve_all
    from rehearsal.run import rehearse

    if arguments.approve == "ask" and not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for approvals at: add --approve all")
    approver = approve_all if arguments.approve == "all" else AskAtTerminal(console)

    root = project_of(arguments)

    def then(report: "Report") -> None:
        report.print(console)
        if arguments.json:
            print(report.as_json(), flush=True)
        if arguments.keep:
            _stay(root, console)

    try:
        report = rehearse(
            root,
            console=console,
            approver=approver,
            port=arguments.port,
            keep=arguments.keep,
            then=then,
        )
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started has been ended.", style="yellow")
        raise
    return 0 if report.green else 1


def _stay(root: Path, console: Console) -> None:
    """Leave everything standing until the user ends it."""
    from .environments import Operator
    from .open import deployed, show

    console.print("\nStill up, until Ctrl-C. In another shell:", highlight=False)
    operator = Operator(root)
    show(operator, deployed(operator), console)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


RUN = Command(
    name="run",
    summary="push the current commit and follow its pipeline to the end",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print the report as JSON on standard output",
)
