"""`python -m rehearsal`: run a synthesized CDK pipeline for real, on this machine, without AWS or Docker."""

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rehearsal.local_aws import LocalAws
    from rehearsal.report import Report

EPILOG = """\
examples:
  python -m rehearsal run                  ask at the terminal before each promotion
  python -m rehearsal run --approve all    give every approval
  python -m rehearsal run --json           the report on standard output, the progress on standard error

Everything happens under build/rehearsal and on loopback addresses; nothing is left running afterwards.
The report is build/rehearsal/report.json, the logs are in build/rehearsal/logs.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="push the current commit and follow its pipeline to the end")
    run.add_argument(
        "--approve",
        choices=("ask", "all"),
        default="ask",
        help="ask before each promotion (default), or give all",
    )
    run.add_argument("--port", type=_port, help="port of the local AWS endpoint (default: a free one)")
    run.add_argument("--keep", action="store_true", help="stay up afterwards, to look around, until Ctrl-C")
    run.add_argument("--json", action="store_true", help="print the report as JSON on standard output")
    run.add_argument(
        "--project", type=Path, default=Path.cwd(), help="the project's top (default: this folder)"
    )
    return top


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 if the rehearsal was green, 1 if it was not, 2 if it could not be run, 130 if interrupted."""
    arguments = parser().parse_args(argv)
    # Being told to end is like Ctrl-C: everything that was started is ended in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=arguments.json)
    # Imported late, so that --help and a wrong argument answer at once.
    from rehearsal.approvals import AskAtTerminal, approve_all
    from rehearsal.assembly import AssemblyError
    from rehearsal.cloud import PortInUse
    from rehearsal.run import rehearse
    from rehearsal.toolchain import ToolError
    from rehearsal.workspace import WorkspaceError

    if arguments.approve == "ask" and not sys.stdin.isatty():
        console.print("There is no terminal to ask for approvals at: add --approve all", style="red")
        return 2
    approver = approve_all if arguments.approve == "all" else AskAtTerminal(console)
    project = arguments.project.resolve()

    def then(report: "Report", aws: "LocalAws") -> None:
        report.print(console)
        if arguments.json:
            print(report.as_json(), flush=True)
        if arguments.keep:
            _stay(aws, console)

    try:
        report = rehearse(project, console=console, approver=approver, port=arguments.port, then=then)
    except (WorkspaceError, PortInUse, AssemblyError, ToolError) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started has been ended.", style="yellow")
        return 130
    return 0 if report.green else 1


def _stay(aws: "LocalAws", console: Console) -> None:
    """Leave everything standing until the user ends it."""
    path = aws.write_environment()
    console.print(f"\nStill up. In another shell: set -a; . {path}; set +a", highlight=False, soft_wrap=True)
    console.print("Then curl and the AWS CLI reach what was deployed. Ctrl-C ends it.", highlight=False)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def _port(text: str) -> int:
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r}: use a number from 1024 to 65535, for example 4566")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
