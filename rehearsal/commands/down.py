"""`down`: the end of a standing rehearsal."""

import argparse
import contextlib
import os
import select
import signal

from rich.console import Console

from rehearsal.workspace import Workspace

from .command import Command, CommandError, project_of

TEACHES = """\
Everything that the rehearsal started is ended. Its executions, approvals and logs are kept for the next `up`;
`run` starts afresh.
"""
END_SECONDS = 90


def _run(arguments: argparse.Namespace, console: Console) -> int:
    holder = Workspace(project_of(arguments)).holder()
    if holder is None:
        console.print("No rehearsal of this project is up.")
        return 0
    # A handle on the process itself: its number may be somebody else's a moment after it has ended.
    with contextlib.suppress(ProcessLookupError):
        process = os.pidfd_open(holder)
        try:
            signal.pidfd_send_signal(process, signal.SIGTERM)
            ended, _, _ = select.select([process], [], [], END_SECONDS)
        finally:
            os.close(process)
        if not ended:
            raise CommandError(
                f"process {holder} has not ended within {END_SECONDS} s: kill -9 {holder} ends it"
            )
    console.print("Down; everything that was started has been ended.")
    return 0


DOWN = Command(name="down", summary="end the rehearsal that is up", teaches=TEACHES, run=_run)
