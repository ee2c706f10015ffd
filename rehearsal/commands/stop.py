"""`stop`: the end of a running execution."""

import argparse
import json

from rich.console import Console

from rehearsal.client import find

from .choosing import running
from .command import Command, CommandError, project_of

LONGEST = 200  # characters of a reason that CodePipeline takes
TEACHES = """\
The running actions are let finish, and nothing starts after them; with --abandon they are left alone at once. The
rehearsal stays up, and the stopped stage can be retried.

examples:
  python -m rehearsal stop --why 'wrong commit'
  python -m rehearsal stop 5f0c --abandon       one of several, by the first characters of its id
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("execution", nargs="?", metavar="EXECUTION", help="default: the one that runs")
    parser.add_argument("--abandon", action="store_true", help="do not wait for the running actions")
    parser.add_argument(
        "--why", default="stopped from the command line", help="the reason, shown in the pipeline"
    )


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.why.strip() or len(arguments.why) > LONGEST:
        raise CommandError(f"--why: give a reason of 1 to {LONGEST} characters")
    pipeline = find(project_of(arguments)).delivery()
    execution = running(pipeline, arguments.execution)
    pipeline.stop(execution.id, abandon=arguments.abandon, reason=arguments.why)
    if arguments.json:
        print(json.dumps({"execution": execution.id, "abandon": arguments.abandon}))
    else:
        how = "is abandoned" if arguments.abandon else "stops after its running actions"
        console.print(f"{execution.id[:8]} {how}.", markup=False, highlight=False)
    return 0


STOP = Command(
    name="stop",
    summary="stop a running execution",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print the execution as JSON on standard output",
)
