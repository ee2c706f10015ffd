"""`approve` and `reject`: the answers to a manual approval."""

import argparse
import json
from collections.abc import Callable

from rich.console import Console

from rehearsal.client import find
from rehearsal.client.pipeline import LONGEST_SUMMARY

from .choosing import approval_of
from .command import Command, CommandError, project_of

APPROVING = """\
The stage need not be named while only one approval waits.

examples:
  python -m rehearsal approve
  python -m rehearsal approve Gate-prod --why 'change 4711'
"""
REJECTING = """\
The stage fails, nothing after it is touched, and the reason stands in the pipeline. The stage need not be named while
only one approval waits.

example:
  python -m rehearsal reject Gate-prod --why 'the plan replaces the database'
"""


def _arguments(*, reason_needed: bool) -> Callable[[argparse.ArgumentParser], None]:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("approval", nargs="?", metavar="STAGE", help="the stage, or STAGE/ACTION")
        parser.add_argument(
            "--why",
            required=reason_needed,
            default="approved from the command line",
            help="the reason, shown in the pipeline",
        )

    return add


def _answers(status: str) -> Callable[[argparse.Namespace, Console], int]:
    def run(arguments: argparse.Namespace, console: Console) -> int:
        if not arguments.why.strip() or len(arguments.why) > LONGEST_SUMMARY:
            raise CommandError(f"--why: give a reason of 1 to {LONGEST_SUMMARY} characters")
        pipeline = find(project_of(arguments)).delivery()
        approval = approval_of(pipeline, arguments.approval)
        if not pipeline.answer(approval, status=status, summary=arguments.why):
            raise CommandError(f"{approval.stage}/{approval.action} has been answered already")
        if arguments.json:
            told = {"stage": approval.stage, "action": approval.action, "execution": approval.execution_id}
            print(json.dumps({**told, "status": status, "summary": arguments.why}))
        else:
            console.print(f"{status}: {approval.stage} / {approval.action}", markup=False, highlight=False)
        return 0

    return run


APPROVE = Command(
    name="approve",
    summary="give the approval that waits",
    teaches=APPROVING,
    arguments=_arguments(reason_needed=False),
    run=_answers("Approved"),
    json="print what was answered as JSON on standard output",
)
REJECT = Command(
    name="reject",
    summary="refuse the approval that waits, and say why",
    teaches=REJECTING,
    arguments=_arguments(reason_needed=True),
    run=_answers("Rejected"),
    json="print what was answered as JSON on standard output",
)
