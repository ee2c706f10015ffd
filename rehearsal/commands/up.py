"""`up`: a rehearsal that stands in the background until `down`."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from rehearsal.client.endpoint import Endpoint
from rehearsal.client.logs import FileLog
from rehearsal.workspace import LOG, REMOTE, Workspace, for_its_owner

from .command import Command, CommandError, port, project_of

TEACHES = """\
Starts a local AWS in the background, bootstraps it and deploys the pipeline, then returns. What an earlier `up` left
is taken up: what was deployed, what ran, and what waits for a person. From then on a push starts the pipeline, and the
other commands, the AWS CLI and boto3 see the same thing.

examples:
  python -m rehearsal up                   about a minute; `git push rehearsal HEAD:main` starts the pipeline then
  python -m rehearsal push                 start the pipeline with the last commit
  python -m rehearsal status --follow      watch it
  python -m rehearsal down                 end it; `up` takes it up again, `up --fresh` does not

The remote `rehearsal` in the checkout's .git/config is all that is changed outside of build/rehearsal; a remote of that
name that leads elsewhere stays as it is.

Its log is build/rehearsal/rehearsal.log. For the AWS CLI and curl: set -a; . build/rehearsal/environment; set +a
"""
POLL_SECONDS = 0.2
END_SECONDS = 60


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, help="port of the local AWS endpoint (default: a free one)")
    parser.add_argument(
        "--fresh", action="store_true", help="forget what earlier rehearsals deployed and ran"
    )
    parser.add_argument(
        "--foreground", action="store_true", help="stay in this terminal, until Ctrl-C or `down`"
    )


def _run(arguments: argparse.Namespace, console: Console) -> int:
    root = project_of(arguments)
    if arguments.foreground:
        return _foreground(root, arguments, console)
    workspace = Workspace(root)
    holder = workspace.holder()
    if holder is None:
        endpoint = _background(workspace, arguments, console)
        if arguments.json:  # what it tells a person has been shown with the rest of its output
            _tell(endpoint, workspace.state, arguments, console)
        return 0
    try:
        endpoint = Endpoint.read(workspace.state)
    except FileNotFoundError:
        raise CommandError(f"a rehearsal of this project is already starting (process {holder})") from None
    moves = arguments.port and not endpoint.url.endswith(f":{arguments.port}")
    if moves or arguments.fresh:
        wish = "move it to another port" if moves else "begin afresh"
        raise CommandError(f"the rehearsal is up at {endpoint.url}: `down` first to {wish}")
    _tell(endpoint, workspace.state, arguments, console)
    return 0


def _foreground(root: Path, arguments: argparse.Namespace, console: Console) -> int:
    from rehearsal.run import stand  # late, as it imports the emulator

    def ready(endpoint: Endpoint) -> None:
        state = Workspace(root).state
        _tell(endpoint, state, arguments, console)
        endpoint.write(state)  # last: whoever waits for it has seen all that was said
        signal.pause()

    if arguments.fresh:
        with Workspace(root):
            console.print("What earlier rehearsals left is forgotten.")
    try:
        stand(root, console=console, port=arguments.port, then=ready)
    except KeyboardInterrupt:
        console.print("Down; everything that was started has been ended.")
    return 0


def _background(workspace: Workspace, arguments: argparse.Namespace, console: Console) -> Endpoint:
    """Start this command again, detached, and show what it prints until it answers."""
    workspace.state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rehearsal", "up", "--foreground", "--project", str(workspace.root)]
    if arguments.port:
        command += ["--port", str(arguments.port)]
    if arguments.fresh:
        command += ["--fresh"]
    log = workspace.state / LOG
    with open(log, "ab", opener=for_its_owner) as output:
        began = output.tell()
        process = subprocess.Popen(  # noqa: S603  ourselves
            command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    said = FileLog(log, begin=began)
    try:
        while True:
            ended, endpoint = process.poll(), _answering(workspace.state, process.pid)
            while text := said.new():
                console.print(text, end="", markup=False, highlight=False, soft_wrap=True)
            if endpoint is not None:
                return endpoint
            if ended is not None:
                raise CommandError(f"the rehearsal did not start; its log is {log}")
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise CommandError(
                f"process {process.pid} has not ended within {END_SECONDS} s: kill -9 {process.pid} ends it"
            ) from None
        console.print("Interrupted; everything that was started has been ended.", style="yellow")
        raise


def _answering(state: Path, pid: int) -> Endpoint | None:
    """Where the process answers, once it does."""
    try:
        endpoint = Endpoint.read(state)
    except FileNotFoundError:
        return None
    return endpoint if endpoint.pid == pid else None


def _tell(endpoint: Endpoint, state: Path, arguments: argparse.Namespace, console: Console) -> None:
    if arguments.json:
        print(json.dumps(asdict(endpoint), indent=2), flush=True)
        return
    named = Workspace(project_of(arguments)).add_remote(endpoint.repository)
    lines = (
        f"Up: the pipeline {endpoint.pipeline} of account {endpoint.account} at {endpoint.url}",
        "  start it           python -m rehearsal push",
        f"  or with git        git push {REMOTE if named else endpoint.repository} HEAD:{endpoint.branch}",
        "  open what it made  python -m rehearsal open, psql ENV, aws ENV ...",
        f"  curl, cdk, tests   set -a; . {state / 'environment'}; set +a",
        "  end it             python -m rehearsal down",
    )
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


UP = Command(
    name="up",
    summary="start a rehearsal that stays up in the background",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print where it answers as JSON on standard output",
)
