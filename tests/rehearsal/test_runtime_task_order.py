"""Containers of a task that wait for one another, as ECS starts them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.runtime import docker_shim
from rehearsal.runtime.addresses import Addresses
from rehearsal.runtime.build import build
from rehearsal.runtime.engine import Engine
from rehearsal.runtime.images import ImageStore
from tests.rehearsal.roles import make_role
from tests.rehearsal.runtime.steps import ACCOUNT, IMAGE, Task
from tests.rehearsal.waiting import wait_for


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Engine]]:
    state = tmp_path_factory.mktemp("state")
    context = tmp_path_factory.mktemp("context")
    (context / "Dockerfile").write_text('FROM node:24-slim\nCMD ["node"]\n')
    with Cloud(state) as cloud:
        addresses = Addresses()
        surroundings = {"AWS_ENDPOINT_URL": cloud.endpoint}
        engine = docker_shim.install(state, lambda: surroundings, addresses=addresses)
        store = ImageStore(state / "images")
        image = build(
            context, file=context / "Dockerfile", platform="linux/arm64", store=store, environment={}
        )
        store.tag(IMAGE, image.digest)
        make_role(cloud.client("iam", ACCOUNT), "execution")
        cloud.client("ecs", ACCOUNT).create_cluster(clusterName="main")
        yield cloud.client("ecs", ACCOUNT), engine
        engine.stop()
        addresses.close()


@pytest.fixture
def task(world: tuple[Any, Engine], tmp_path: Path) -> Iterator[Task]:
    task = Task(*world, tmp_path)
    yield task
    if task.arn:
        task.ecs.stop_task(cluster="main", task=task.arn)


def test_a_container_starts_when_the_step_before_it_has_succeeded(task: Task) -> None:
    task.start("SUCCESS")
    wait_for(lambda: task.runs("step"))
    time.sleep(0.5)
    assert not task.main_has_run
    assert task.status != "RUNNING"

    task.end_step(0)

    wait_for(lambda: task.main_has_run and task.status == "RUNNING")


def test_a_task_goes_on_without_the_step_that_has_ended(task: Task) -> None:
    task.start("SUCCESS")
    task.end_step(0)
    wait_for(lambda: task.status == "RUNNING")
    time.sleep(0.5)

    assert task.status == "RUNNING"
    states = {
        each["name"]: (each["lastStatus"], each.get("exitCode")) for each in task.described["containers"]
    }
    assert states == {"main": ("RUNNING", None), "step": ("STOPPED", 0)}


def test_a_task_whose_step_fails_stops_and_has_never_run(task: Task) -> None:
    task.start("SUCCESS")
    task.end_step(7)

    wait_for(lambda: task.status == "STOPPED")

    assert "[step] for target [main] as dependency did not exit successfully (exit code 7)" in str(
        task.described["stoppedReason"]
    )
    assert task.described["stopCode"] == "TaskFailedToStart"
    assert not task.main_has_run


def test_a_deployment_whose_steps_fail_is_given_up(task: Task) -> None:
    (task.folder / "go").write_text("7")
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    launched = task.launched("SUCCESS")
    task.ecs.create_service(serviceName="web", desiredCount=1, deploymentConfiguration=breaker, **launched)

    def state() -> str:
        (service,) = task.ecs.describe_services(cluster="main", services=["web"])["services"]
        return str(service["deployments"][0]["rolloutState"])

    try:
        wait_for(lambda: state() != "IN_PROGRESS")
        assert state() == "FAILED"
        assert not task.main_has_run
    finally:
        task.ecs.delete_service(cluster="main", service="web", force=True)


def test_complete_is_content_with_any_end(task: Task) -> None:
    task.start("COMPLETE")
    task.end_step(7)

    wait_for(lambda: task.main_has_run and task.status == "RUNNING")


def test_start_waits_for_no_end(task: Task) -> None:
    task.start("START")

    wait_for(lambda: task.main_has_run and task.runs("step"))


def test_a_step_has_the_time_of_its_definition(task: Task) -> None:
    task.start("SUCCESS", startTimeout=2)

    wait_for(lambda: task.status == "STOPPED")

    assert "timed out" in task.described["stoppedReason"]
    assert not task.main_has_run
    wait_for(lambda: not task.runs("step"))


def test_a_task_that_is_stopped_while_it_waits_leaves_nothing(task: Task) -> None:
    task.start("SUCCESS")
    wait_for(lambda: task.runs("step"))

    task.ecs.stop_task(cluster="main", task=task.arn)

    wait_for(lambda: not task.runs("step"))
    time.sleep(0.5)
    assert not task.main_has_run


@pytest.mark.parametrize(
    ("condition", "step", "told"),
    [
        ("SUCCESS", {"essential": True}, "cannot be an essential container"),
        ("HEALTHY", {}, "runs no health checks of containers"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(
    task: Task, condition: str, step: dict[str, Any], told: str
) -> None:
    task.start(condition, **step)

    wait_for(lambda: task.status == "STOPPED")

    assert told in task.described["stoppedReason"]
