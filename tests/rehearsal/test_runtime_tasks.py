"""ECS services by the emulator's own scheduler, their tasks being local processes."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.runtime import docker_shim, ecs_steady
from rehearsal.runtime.addresses import Addresses
from tests.rehearsal.roles import make_role
from tests.rehearsal.runtime.services import ACCOUNT, Place, built
from tests.rehearsal.waiting import wait_for


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    state = tmp_path_factory.mktemp("state")
    with Cloud(state) as cloud:
        surroundings = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "pipeline",
        }
        addresses = Addresses()
        engine = docker_shim.install(state, lambda: surroundings, addresses=addresses)
        role = make_role(cloud.client("iam", ACCOUNT), "task")
        execution_role = make_role(cloud.client("iam", ACCOUNT), "execution")
        cloud.client("logs", ACCOUNT).create_log_group(logGroupName="/tasks")
        cloud.client("ecs", ACCOUNT).create_cluster(clusterName="main")
        group = cloud.client("elbv2", ACCOUNT).create_target_group(
            Name="web", Protocol="HTTP", Port=8080, TargetType="ip", VpcId="vpc-1", HealthCheckPath="/healthz"
        )["TargetGroups"][0]["TargetGroupArn"]
        yield Place(cloud, engine, built(state), role, execution_role, group)
        engine.stop()
        addresses.close()


@pytest.fixture
def stack(place: Place, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.split("[")[0].replace("_", "-")[5:40].rstrip("-")
    yield name
    if place.has(name):
        place.delete(name)


def test_tasks_of_a_service_answer_on_addresses_of_their_own(place: Place, stack: str) -> None:
    assert place.deploy(stack, tasks=2, GREETING="good day") == "CREATE_COMPLETE", place.reasons(stack)

    addresses = place.addresses(stack)
    assert len(set(addresses)) == 2
    for address in addresses:
        greeting, port, region, key = place.get(address)
        assert (greeting, port, region) == ("good day", "8080", "us-east-1")
        assert key.startswith("ASIA"), "a task has its own role's credentials, not the pipeline's"


def test_the_target_group_holds_the_tasks_addresses(place: Place, stack: str) -> None:
    place.deploy(stack)

    def registered() -> list[str]:
        health = place.client("elbv2").describe_target_health(TargetGroupArn=place.target_group)
        return [each["Target"]["Id"] for each in health["TargetHealthDescriptions"]]

    wait_for(lambda: registered() == place.addresses(stack))


def test_a_task_without_a_role_has_no_credentials(place: Place, stack: str) -> None:
    place.deploy(stack, role=False)

    assert place.get(place.addresses(stack)[0])[3] is None


def test_output_reaches_the_log_group(place: Place, stack: str) -> None:
    place.deploy(stack)
    logs = place.client("logs")

    def messages() -> list[str]:
        streams = logs.describe_log_streams(logGroupName="/tasks", logStreamNamePrefix=f"{stack}/web/")[
            "logStreams"
        ]
        names = [each["logStreamName"] for each in streams]
        events = [logs.get_log_events(logGroupName="/tasks", logStreamName=name)["events"] for name in names]
        return [event["message"] for found in events for event in found]

    wait_for(lambda: "started" in messages())


def test_a_killed_task_is_replaced(place: Place, stack: str) -> None:
    place.deploy(stack)
    (killed,) = place.running(stack)
    assert killed.pid is not None

    os.kill(killed.pid, signal.SIGKILL)

    wait_for(lambda: place.addresses(stack) not in ([], [killed.address]))


def test_a_deleted_service_leaves_no_process(place: Place, stack: str) -> None:
    place.deploy(stack, tasks=2)
    pids = [each.pid for each in place.running(stack)]
    assert len(pids) == 2

    place.delete(stack)

    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_new_definition_replaces_the_tasks(place: Place, stack: str) -> None:
    place.deploy(stack)

    assert place.deploy(stack, GREETING="second") == "UPDATE_COMPLETE", place.reasons(stack)

    assert [place.get(address)[0] for address in place.addresses(stack)] == ["second"]


def test_a_program_that_ends_trips_the_circuit_breaker_and_the_old_tasks_stay(
    place: Place, stack: str
) -> None:
    place.deploy(stack)

    assert place.deploy(stack, BROKEN="1") == "UPDATE_ROLLBACK_COMPLETE"

    assert "Circuit Breaker was triggered" in place.reasons(stack)
    assert [place.get(address)[0] for address in place.addresses(stack)] == ["hello"]
    assert place.deploy(stack, GREETING="mended") == "UPDATE_COMPLETE", place.reasons(stack)


@pytest.mark.parametrize("code", ["503", "302"])
def test_a_task_that_fails_its_health_check_fails_the_deployment(
    place: Place, stack: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Where a redirect leads is not looked at."""
    monkeypatch.setattr(ecs_steady, "SECONDS", 4)

    assert place.deploy(stack, SICK=code) == "ROLLBACK_COMPLETE"

    assert f"/healthz answers {code}" in place.reasons(stack)


def test_an_image_that_was_not_built_here_is_said_to_be_so(place: Place, stack: str) -> None:
    assert place.deploy(stack, image="registry.example/other:1") == "ROLLBACK_COMPLETE"

    assert "image registry.example/other:1 was not built by this rehearsal" in place.reasons(stack)
