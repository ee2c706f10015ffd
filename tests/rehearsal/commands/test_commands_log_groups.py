"""`logs ENV GROUP` prints what the containers and functions of an environment printed."""

import time
from typing import Any

import pytest

from rehearsal.client.log_groups import GroupLog
from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.commands.test_commands_open import DEV
from tests.rehearsal.commands.test_commands_open import standing as standing  # a fixture of this file too
from tests.rehearsal.service.world import World


@pytest.fixture
def logs(standing: World) -> Any:
    logs = standing.cloud.client("logs", DEV)
    for group in ("/ecs/backend-dev", "/ecs/frontend-dev"):
        logs.create_log_group(logGroupName=group)
        for task in ("one", "two"):
            logs.create_log_stream(logGroupName=group, logStreamName=task)
    return logs


def write(logs: Any, task: str, message: str, at: int) -> None:
    logs.put_log_events(
        logGroupName="/ecs/backend-dev",
        logStreamName=task,
        logEvents=[{"timestamp": at, "message": message}],
    )


def test_the_events_of_all_tasks_are_printed_oldest_first(logs: Any, shell: Shell) -> None:
    now = int(time.time() * 1000)
    write(logs, "two", "second", now)
    write(logs, "one", "first", now - 2000)

    assert shell("logs", "dev", "backend") == 0

    assert [line.split(" ", 1)[1] for line in shell.said.splitlines()] == ["first", "second"]


def test_a_name_that_fits_several_groups_or_none_is_told(logs: Any, shell: Shell) -> None:
    both = "/ecs/backend-dev, /ecs/frontend-dev"
    assert shell.refused("logs", "dev", "ecs").endswith(f"log group 'ecs' of dev: name one of {both}")
    assert shell.refused("logs", "dev", "other").endswith(f"name one of {both}")
    assert "environment 'prod'" in shell.refused("logs", "prod", "ecs")


def test_what_is_written_later_is_new_once(logs: Any) -> None:
    log, now = GroupLog(logs, "/ecs/backend-dev"), int(time.time() * 1000)
    write(logs, "one", "first", now)
    assert log.new().endswith("first\n")
    write(logs, "two", "of the same millisecond", now)

    assert log.new().endswith("millisecond\n")
    assert log.new() == ""
