"""`retry`: a failed stage once more, in the same execution."""

import argparse
import json

from rich.console import Console

from rehearsal.client import find

from .choosing import execution_of, failed_stage
from .command import Command, project_of

TEACHES = """\
Runs what failed in a stage again, with the same commit and artifacts; the execution goes on from there. A change set
that was executed cannot be executed twice: --all-actions makes it anew. What a new commit mends needs a push instead.

examples:
  python -m rehearsal retry                     the failed actions of the stage that failed
  python -m rehearsal retry dev --all-actions   the whole stage
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", nargs="?", metavar="STAGE", help="default: the one that failed")
    parser.add_argument("--all-actions", action="store_true", help="run those that succeeded again as well")
    parser.add_argument("--execution", metavar="ID", help="default: the newest")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    pipeline = find(project_of(arguments)).delivery()
    execution = execution_of(pipeline, arguments.execution)
    stage = failed_stage(execution, arguments.stage)
    pipeline.retry(stage.name, execution.id, all_actions=arguments.all_actions)
    if arguments.json:
        print(json.dumps({"execution": execution.id, "stage": stage.name}))
    else:
        console.print(
            f"{stage.name} of {execution.id[:8]} runs again: python -m rehearsal status --follow",
            markup=False,
            highlight=False,
        )
    return 0


RETRY = Command(
    name="retry",
    summary="run a failed stage again",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print the execution and the stage as JSON on standard output",
)
