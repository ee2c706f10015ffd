"""`push`: the last commit to the repository that the pipeline watches."""

import argparse
import json
import time

from rich.console import Console

from rehearsal.client import Execution, Pipeline, find
from rehearsal.workspace import Workspace

from .command import Command, project_of

TEACHES = """\
A `git push` of the last commit to the rehearsal's repository, which starts the pipeline; it returns as soon as the
execution is there. The exit code is 1 if none starts, because too many wait already. Changes of tracked files that are
not committed are refused, as the pipeline would not see them; of files that git does not track it says so.

A pipeline that changes itself starts the commit anew, as another execution. The commit stays the same, so the other
commands take its first characters in the place of an execution's id.

example:
  python -m rehearsal push && python -m rehearsal status --follow

The same with git itself, to the remote that `up` has added:
  git push rehearsal HEAD:main
"""
STARTS_SECONDS = 30.0
POLL_SECONDS = 0.1


def _run(arguments: argparse.Namespace, console: Console) -> int:
    endpoint = find(project_of(arguments))
    pipeline = endpoint.delivery()
    workspace = Workspace(project_of(arguments))
    commit = workspace.commit()
    newest = _newest(pipeline)
    moved = workspace.push(endpoint.repository, commit, endpoint.branch)
    started = _started(pipeline, since=newest) if moved else None
    if arguments.json:
        told = {"commit": commit, "branch": endpoint.branch, "pushed": moved}
        print(json.dumps({**told, "execution": started.id if started else None}))
    else:
        if untracked := workspace.untracked():
            console.print(
                f"Not in the commit, as git does not track it: {untracked}", style="yellow", markup=False
            )
        console.print(_sentence(commit, moved, started), highlight=False, soft_wrap=True)
    return 0 if started or not moved else 1


def _newest(pipeline: Pipeline) -> Execution | None:
    return next(iter(pipeline.executions(1)), None)


def _started(pipeline: Pipeline, *, since: Execution | None) -> Execution | None:
    """The execution that a push has started, as soon as it is there: `status` would show the one before."""
    deadline = time.monotonic() + STARTS_SECONDS
    while time.monotonic() < deadline:
        newest = _newest(pipeline)
        if newest and (since is None or newest.id != since.id):
            return newest
        time.sleep(POLL_SECONDS)
    return None


def _sentence(commit: str, moved: bool, started: Execution | None) -> str:
    if not moved:
        return (
            f"{commit[:8]} is there already, so nothing starts. To run it again: commit (git commit --allow-empty), "
            "or `aws codepipeline start-pipeline-execution`."
        )
    if started is None:
        return f"Pushed {commit[:8]}, and nothing started within {STARTS_SECONDS:.0f} s: python -m rehearsal status"
    watch = f"python -m rehearsal status --follow --execution {commit[:8]}"
    return f"Pushed {commit[:8]}; {started.id[:8]} has started. Watch it: {watch}"


PUSH = Command(
    name="push",
    summary="push the last commit, which starts the pipeline",
    teaches=TEACHES,
    run=_run,
    json="print the commit and its execution as JSON on standard output",
)
