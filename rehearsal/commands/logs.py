"""`logs`: what a build or a container printed, or what a deployment did to its stack."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from rich.console import Console

from rehearsal.client import Action, Execution, Pipeline, Stage, find
from rehearsal.client.executions import ENDED
from rehearsal.client.log_groups import GroupLog, groups_named
from rehearsal.client.logs import FileLog, events_of, log_of

from .choosing import action_of, execution_of
from .command import Command, CommandError, project_of
from .environments import Operator

TEACHES = """\
ACTION is an action's name, or STAGE/ACTION where several stages have one of that name. Of an action that deploys the
stack's events are printed, and of any other that is no build what it said of itself.

Of an environment and a part of a log group's name what its containers and functions printed is shown, with the time.

examples:
  python -m rehearsal logs Synth
  python -m rehearsal logs dev/Test --follow          until the action ends
  python -m rehearsal logs Synth --execution 5f0c     of an earlier execution, by the first characters of its id
  python -m rehearsal logs dev/foundation-dev.Deploy  what CloudFormation did to the stack
  python -m rehearsal logs dev backend --follow       what the containers of /ecs/backend-dev print, until Ctrl-C
"""
POLL_SECONDS = 0.5


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", help="for example Synth, or dev/Test; or an environment")
    parser.add_argument(
        "group", metavar="GROUP", nargs="?", help="of an environment: a part of a log group's name"
    )
    parser.add_argument("--follow", action="store_true", help="wait for it, and go on until it ends")
    parser.add_argument("--execution", metavar="ID", help="an earlier execution (default: the newest)")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.group is not None:
        return _print_group(arguments)
    endpoint = find(project_of(arguments))
    pipeline = endpoint.delivery()
    execution = execution_of(pipeline, arguments.execution)
    stage, action = action_of(execution, arguments.action)
    if arguments.follow:
        execution, action = _started(pipeline, execution, stage, action)
    log = log_of(endpoint, action)
    if log is None:
        events = "".join(f"{line}\n" for line in events_of(endpoint, action))
        if events:
            sys.stdout.write("".join(as_objects([events])) if arguments.json else events)
        else:
            _tell(stage, action, arguments, console)
        return 0

    def at_work() -> bool:
        return arguments.follow and _now(pipeline, execution, stage, action)[1].status == "InProgress"

    texts = _texts(log, at_work)
    for text in as_objects(texts) if arguments.json else texts:
        sys.stdout.write(text)
        sys.stdout.flush()
    return 0


def _print_group(arguments: argparse.Namespace) -> int:
    operator = Operator(project_of(arguments))
    account = operator.account(arguments.action)
    logs = replace(operator.endpoint, account=account).client("logs")
    found = groups_named(logs, arguments.group)
    if len(found) != 1:
        known = ", ".join(found or groups_named(logs, "")) or "none yet"
        raise CommandError(f"log group {arguments.group!r} of {arguments.action}: name one of {known}")
    texts = _texts(GroupLog(logs, found[0]), lambda: bool(arguments.follow))
    for text in as_objects(texts) if arguments.json else texts:
        sys.stdout.write(text)
        sys.stdout.flush()
    return 0


def _started(
    pipeline: Pipeline, execution: Execution, stage: Stage, action: Action
) -> tuple[Execution, Action]:
    """The action once it has started, or its execution is over without it."""
    while action.status is None and execution.status not in ENDED:
        time.sleep(POLL_SECONDS)
        execution, action = _now(pipeline, execution, stage, action)
    return execution, action


def _now(pipeline: Pipeline, execution: Execution, stage: Stage, action: Action) -> tuple[Execution, Action]:
    now = execution_of(pipeline, execution.id)
    return now, action_of(now, f"{stage.name}/{action.name}")[1]


def _texts(log: FileLog | GroupLog, at_work: Callable[[], bool]) -> Iterator[str]:
    """What the log holds, and what is added while the action is at work."""
    while True:
        last = not at_work()
        while text := log.new():
            yield text
        if last:
            return
        time.sleep(POLL_SECONDS)


def as_objects(texts: Iterable[str]) -> Iterator[str]:
    """A JSON object for each line, once it is whole or nothing more comes."""
    begun = ""
    for text in texts:
        *lines, begun = (begun + text).split("\n")
        yield from map(_object, lines)
    if begun:
        yield _object(begun)


def _object(line: str) -> str:
    return json.dumps({"message": line}) + "\n"


def _tell(stage: Stage, action: Action, arguments: argparse.Namespace, console: Console) -> None:
    name = f"{stage.name}/{action.name}"
    if action.status is None:
        sentence = f"{name} has not started."
    else:
        said = action.error or action.summary or "nothing"
        sentence = f"{name} ({action.provider}) has no log. It is {action.status} and said: {said}"
    if arguments.json:
        print(json.dumps({"message": sentence}))
    else:
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)


LOGS = Command(
    name="logs",
    summary="print what a build or a container printed, or what a deployment did to its stack",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print a JSON object a line, with the line as its message",
)
