"""`aws`: the AWS CLI in the account of an environment."""

import argparse
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from .command import Command, CommandError, project_of
from .environments import Operator

TEACHES = """\
ENV is an environment by the name of its stage, the pipeline's stack, or an account's number. What follows goes to the
AWS CLI as it is; its exit code is this command's.

examples:
  python -m rehearsal aws dev cloudformation describe-stacks
  python -m rehearsal aws dev logs tail GROUP --since 10m      what a container or function printed

In a shell that has sourced build/rehearsal/environment the same is: aws --profile ENV ...
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", metavar="ENV", help="for example dev")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help="what the AWS CLI is told")


def _run(arguments: argparse.Namespace, _console: Console) -> int:
    operator = Operator(project_of(arguments))
    program = Path(sys.executable).with_name("aws")
    if not program.exists():
        raise CommandError(f"{program} is missing: run `make install`")
    environment = {**operator.shell(arguments.environment), "AWS_PAGER": ""}
    return subprocess.run([str(program), *arguments.words], env=environment, check=False).returncode  # noqa: S603


AWS = Command(
    name="aws",
    summary="run the AWS CLI in an environment's account",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
)
