"""`status`: what the pipeline does and did."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rehearsal.client import Endpoint, Execution, Pipeline, find
from rehearsal.client.executions import ENDED
from rehearsal.display import clock, mark, plain, table
from rehearsal.failures import show_failures
from rehearsal.following import follow
from rehearsal.machine import stop_if_full

from .choosing import execution_of
from .command import Command, project_of

TEACHES = """\
The newest execution with its stages, what waits for a person, and the executions before it. Actions are shown where
the stage is at work or failed; --json has them all.

examples:
  python -m rehearsal status                    now
  python -m rehearsal status --follow           until it is over, or waits for a person
  python -m rehearsal status --execution 5f0c   another one, by the first characters of its id or of its commit

The exit code of --follow is 0 if the execution succeeded, 3 if it waits for a person and says for what (an approval,
also that of an execution before it, or a disabled transition), else 1.
"""
SHOWN = 8
WAITS = 3  # the exit code of --follow at a gate


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--execution", metavar="ID", help="an earlier execution (default: the newest)")
    parser.add_argument(
        "--follow", action="store_true", help="show changes until the execution is over or waits for a person"
    )


def _run(arguments: argparse.Namespace, console: Console) -> int:
    root = project_of(arguments)
    endpoint = find(root)
    pipeline = endpoint.delivery()
    recent = pipeline.executions(SHOWN)
    if not recent and not arguments.execution:
        return _nothing_yet(endpoint, arguments, console)
    execution = execution_of(pipeline, arguments.execution)
    if arguments.follow:
        named = execution if arguments.execution else None
        execution = follow(
            pipeline, console, execution=named, until_gate=True, check=lambda: stop_if_full(root)
        )
        show_failures(endpoint, execution, console)
    if arguments.json:
        print(json.dumps(_as_json(endpoint, pipeline, execution, recent), indent=2))
    elif not arguments.follow:
        console.print(table(execution))
        _also(console, pipeline, [other for other in recent if other.id != execution.id])
    elif execution.status not in ENDED:
        _tell_waiting(console, pipeline, followed=execution)
        _tell_closed(console, pipeline)
        console.print("Then, to go on: python -m rehearsal status --follow", highlight=False)
    return _exit_code(execution) if arguments.follow else 0


def _exit_code(execution: Execution) -> int:
    if execution.status not in ENDED:
        return WAITS
    return 0 if execution.status == "Succeeded" else 1


def _nothing_yet(endpoint: Endpoint, arguments: argparse.Namespace, console: Console) -> int:
    if arguments.json:
        print(
            json.dumps({**asdict(endpoint), "execution": None, "executions": [], "approvals": []}, indent=2)
        )
    else:
        console.print(
            f"{endpoint.pipeline} at {endpoint.url} has not run yet: python -m rehearsal push",
            highlight=False,
            soft_wrap=True,
        )
    return 1 if arguments.follow else 0


def _tell_waiting(console: Console, pipeline: Pipeline, followed: Execution | None = None) -> None:
    """What waits for a person, and the commands that answer it."""
    for approval in pipeline.waiting():
        if followed and approval.execution_id != followed.id:
            other = pipeline.summary(approval.execution_id)
            told = f" ({plain(other.message)})" if other and other.message else ""
            console.print(
                f"\n{followed.id[:8]} waits behind {approval.execution_id[:8]}{told}.",
                markup=False,
                highlight=False,
            )
        console.print(
            f"\n{plain(approval.stage)} / {plain(approval.action)} waits for a person.", markup=False
        )
        if approval.custom_data:
            console.print(plain(approval.custom_data), markup=False)
        console.print(f"  python -m rehearsal approve {approval.stage}", markup=False, highlight=False)
        console.print(
            f"  python -m rehearsal reject {approval.stage} --why '...'", markup=False, highlight=False
        )


def _tell_closed(console: Console, pipeline: Pipeline) -> None:
    """The transitions that are disabled, and how to enable them."""
    for stage, reason in pipeline.closed_transitions().items():
        console.print(f"\nThe transition into {plain(stage)} is disabled: {plain(reason)}", markup=False)
        console.print(
            f"  aws codepipeline enable-stage-transition --pipeline-name {pipeline.name} "
            f"--stage-name {stage} --transition-type Inbound",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _also(console: Console, pipeline: Pipeline, others: list[Execution]) -> None:
    """What waits, what is closed, and the other executions."""
    _tell_waiting(console, pipeline)
    _tell_closed(console, pipeline)
    if others:
        grid = Table.grid(padding=(0, 1))
        for other in others:
            grid.add_row(
                mark(other.status), other.id[:8], other.status, clock(other), Text(plain(other.message))
            )
        console.print("\nBefore it")
        console.print(grid)


def _as_json(
    endpoint: Endpoint, pipeline: Pipeline, execution: Execution, recent: list[Execution]
) -> dict[str, Any]:
    return {
        **asdict(endpoint),
        "execution": asdict(execution),
        "executions": [{k: v for k, v in asdict(other).items() if k != "stages"} for other in recent],
        "approvals": [asdict(approval) for approval in pipeline.waiting()],
        "closed_transitions": pipeline.closed_transitions(),
    }


STATUS = Command(
    name="status",
    summary="show what the pipeline does, and what waits for a person",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print everything as JSON on standard output",
)
