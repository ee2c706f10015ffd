"""`push`: the last commit to the repository that the pipeline watches."""

import argparse
import json

from rich.console import Console

from rehearsal.client import find
from rehearsal.workspace import Workspace

from .command import Command, project_of

TEACHES = """\
A `git push` of the last commit to the rehearsal's repository, which starts the pipeline; it returns at once.
Changes that are not committed are refused, as the pipeline would not see them.

The same with git itself, where `up` has told the path:
  git remote add rehearsal PATH && git push rehearsal HEAD:main
"""


def _run(arguments: argparse.Namespace, console: Console) -> int:
    endpoint = find(project_of(arguments))
    workspace = Workspace(project_of(arguments))
    commit = workspace.commit()
    moved = workspace.push(endpoint.repository, commit, endpoint.branch)
    if arguments.json:
        print(json.dumps({"commit": commit, "branch": endpoint.branch, "pushed": moved}))
    elif moved:
        console.print(f"Pushed {commit[:8]}. Watch it: python -m rehearsal status --follow", highlight=False)
    else:
        console.print(
            f"{commit[:8]} is there already, so nothing starts. To run it again: commit (git commit --allow-empty), "
            "or `aws codepipeline start-pipeline-execution`.",
            highlight=False,
            soft_wrap=True,
        )
    return 0


PUSH = Command(
    name="push",
    summary="push the last commit, which starts the pipeline",
    teaches=TEACHES,
    run=_run,
    json="print the commit as JSON on standard output",
)
