"""`down`: the end of a standing rehearsal."""

import argparse
import os
import signal
import time

from rich.console import Console

from rehearsal.workspace import Workspace

from .command import Command, CommandError

TEACHES = """\
Everything that the rehearsal started is ended. Its executions, approvals and logs are kept for the next `up`;
`run` starts afresh.
"""
POLL_SECONDS = 0.1
END_SECONDS = 90


def _run(arguments: argparse.Namespace, console: Console) -> int:
    workspace = Workspace(arguments.project.resolve())
    holder = workspace.holder()
    if holder is None:
        console.print("No rehearsal of this project is up.")
        return 0
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while workspace.holder() == holder:
        if time.monotonic() > deadline:
            raise CommandError(
                f"process {holder} has not ended within {END_SECONDS} s: kill -9 {holder} ends it"
            )
        time.sleep(POLL_SECONDS)
    console.print("Down; everything that was started has been ended.")
    return 0


DOWN = Command(name="down", summary="end the rehearsal that is up", teaches=TEACHES, run=_run)
