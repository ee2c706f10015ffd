"""How a task ends: out of its target group, SIGTERM, and SIGKILL after its container's stop timeout."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.runtime import task_stop
from rehearsal.runtime.container import Container
from tests.rehearsal.runtime.services import Place
from tests.rehearsal.test_runtime_tasks import place, stack
from tests.rehearsal.waiting import wait_for

__all__ = ["place", "stack"]


@pytest.fixture
def task(place: Place, stack: str) -> Iterator[Container]:
    """The one task of a service, which goes on serving after SIGTERM."""
    assert place.deploy(stack, STUBBORN="1") == "CREATE_COMPLETE", place.reasons(stack)
    (container,) = place.running(stack)
    wait_for(lambda: registered(place) == [container.address])
    yield container
    for left in place.running(stack):
        left.stop_timeout = 1  # the deletion of the stack waits for it


def registered(place: Place) -> list[str]:
    health = place.client("elbv2").describe_target_health(TargetGroupArn=place.target_group)
    return [each["Target"]["Id"] for each in health["TargetHealthDescriptions"]]


def test_a_deployment_takes_the_old_task_out_before_it_stops_it_and_the_new_one_is_healthy(
    place: Place, stack: str, task: Container
) -> None:
    seen: list[tuple[bool, bool, bool]] = []
    place.client("ecs").update_service(cluster="main", service=stack, forceNewDeployment=True)

    def look() -> bool:
        # The log first: between two reads the scheduler may deregister the task and stop it.
        told = b"told to stop" in task.log.read_bytes()
        in_group = registered(place)
        seen.append((task.address in in_group, any(each != task.address for each in in_group), told))
        return told

    wait_for(look, seconds=20)

    assert (True, True, False) in seen, "both are registered for a while"
    assert (True, False, True) not in seen
    assert (True, True, True) not in seen, "SIGTERM comes after the task has left its group"
    assert task.status == "running", "and the stop timeout is its own"


def test_what_does_not_end_is_killed_after_the_stop_timeout(
    place: Place, stack: str, task: Container
) -> None:
    task.stop_timeout = 1
    begun = time.monotonic()

    place.client("ecs").update_service(cluster="main", service=stack, desiredCount=0)

    assert time.monotonic() - begun < 1, "nobody waits for it"
    wait_for(lambda: task.status == "exited", seconds=5)
    assert time.monotonic() - begun >= 1
    assert b"told to stop" in task.log.read_bytes()


def test_stop_task_sends_sigterm_while_the_target_is_registered_and_a_new_task_comes(
    place: Place, stack: str, task: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_stop, "REGISTERED_SECONDS", 1.5)
    api: Any = place.client("ecs")

    api.stop_task(cluster="main", task=task.labels["com.amazonaws.ecs.task-arn"], reason="drill")

    wait_for(lambda: b"told to stop" in task.log.read_bytes(), seconds=1)
    assert task.address in registered(place)
    wait_for(lambda: task.address not in registered(place), seconds=5)
    wait_for(lambda: place.addresses(stack) not in ([], [task.address]))


def test_a_service_is_deleted_when_its_tasks_have_ended(place: Place, stack: str, task: Container) -> None:
    task.stop_timeout = 2

    place.delete(stack)

    assert task.status == "exited"


def test_a_tasks_stop_timeout_is_its_definitions(task: Container) -> None:
    assert task.stop_timeout == task_stop.DEFAULT_STOP_TIMEOUT


def test_the_end_of_the_rehearsal_waits_for_no_stop_timeout(
    place: Place, stack: str, task: Container
) -> None:
    place.client("ecs").update_service(cluster="main", service=stack, desiredCount=0)
    wait_for(lambda: b"told to stop" in task.log.read_bytes())
    begun = time.monotonic()

    task.remove()

    assert task.status == "exited"
    assert time.monotonic() - begun < 3
