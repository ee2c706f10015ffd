"""`python -m rehearsal`: run a synthesized CDK pipeline for real, on this machine, without AWS or Docker."""

import argparse
import contextlib
import errno
import logging
import os
import signal
import sys

from rich.console import Console

from rehearsal.commands import COMMANDS

EPILOG = """\
examples:
  python -m rehearsal doctor               whether this machine and this checkout can be rehearsed on
  python -m rehearsal run --approve all    the whole pipeline, from a push to prod, in one command
  python -m rehearsal up                   or step by step: a local AWS that stays up,
  python -m rehearsal push                 a push that starts the pipeline,
  python -m rehearsal status --follow      a look at it,
  python -m rehearsal approve              an answer to what waits for a person,
  python -m rehearsal down                 and the end
  python -m rehearsal logs --help          more about a command

Everything happens under build/rehearsal and on loopback addresses. What `up` starts, `down` ends; `run` leaves
nothing running. The AWS CLI and boto3 work as they do with AWS: set -a; . build/rehearsal/environment; set +a
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
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 if all is well, 1 if the answer is no (a run that is not green), 2 if it could not be done,
    130 if interrupted."""
    arguments = parser().parse_args(argv)
    # Being told to end is like Ctrl-C: everything that was started is ended in order. An interrupt that is ignored,
    # as a shell has it for what it starts in the background, would be ignored by every child too.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    logging.raiseExceptions = False  # a log on a full disk is no reason for a traceback in the terminal
    console = Console(stderr=arguments.json)
    try:
        code: int = arguments.run(arguments, console)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        full = _full_disk(arguments, str(error))
        sentence = "\n".join(dict.fromkeys(filter(None, (_sentence(error), full))))
        if not sentence:
            raise
        console.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    return code


def _full_disk(arguments: argparse.Namespace, told: str) -> str:
    """What to tell of any error while the disk is full: it is the reason, whatever has met it first."""
    from rehearsal.commands.command import CommandError, project_of
    from rehearsal.machine import full_disk

    with contextlib.suppress(CommandError, OSError):
        return full_disk(project_of(arguments), told)
    return ""


def _sentence(error: Exception) -> str | None:
    """What to tell the user of an error that is not our own fault; None for any other."""
    # Imported late, so that --help and a wrong argument answer at once.
    from botocore.exceptions import BotoCoreError, ClientError

    from rehearsal.assembly import AssemblyError
    from rehearsal.client import NotUpError
    from rehearsal.cloud import CannotRestore, PortInUse
    from rehearsal.commands.command import CommandError
    from rehearsal.delivery.database import UnreadableStateError
    from rehearsal.machine import MachineError
    from rehearsal.toolchain import ToolError
    from rehearsal.workspace import WorkspaceError

    ours = CommandError | NotUpError | WorkspaceError | AssemblyError | ToolError | MachineError
    if isinstance(error, ours | PortInUse | CannotRestore | UnreadableStateError):
        return str(error)
    if isinstance(error, OSError) and (
        error.filename is not None or error.errno in (errno.ENOSPC, errno.EPERM)
    ):
        return f"This machine refuses: {error}"
    if isinstance(error, EOFError):
        return "The question was not answered: there is no more input"
    if isinstance(error, ClientError):
        return f"The pipeline's service refuses: {error.response['Error']['Message']}"
    if isinstance(error, BotoCoreError):
        return f"The rehearsal does not answer ({error}): look into build/rehearsal/rehearsal.log, or `down` and `up`"
    return None


if __name__ == "__main__":
    sys.exit(main())
