"""ECS services by the emulator's own scheduler, their tasks being local processes."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.runtime import docker_shim, ecs_service
from rehearsal.runtime.build import build
from rehearsal.runtime.engine import Engine
from rehearsal.runtime.images import ImageStore
from tests.rehearsal.roles import make_role

ACCOUNT = "111111111111"
DOCKERFILE = """\
FROM node:24-slim
WORKDIR /app
ENV GREETING=hello
COPY server.mjs ./
CMD ["node", "/app/server.mjs"]
"""
SERVER = """
import http from "node:http";
console.log("started");
if (process.env.BROKEN) process.exit(3);
const shown = ["GREETING", "PORT", "AWS_REGION", "AWS_ACCESS_KEY_ID"].map((name) => process.env[name]);
http.createServer((request, answer) => {
  answer.statusCode = request.url === "/healthz" && process.env.SICK ? 503 : 200;
  answer.end(JSON.stringify(shown));
}).listen(process.env.PORT);
process.on("SIGTERM", () => { console.log("told to stop"); process.exit(0); });
"""


@dataclass
class Place:
    """A cloud with an image, a role, a log group, a cluster and a target group."""

    cloud: Cloud
    engine: Engine
    image: str
    role: str
    execution_role: str
    target_group: str

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT)

    def deploy(
        self, stack: str, *, tasks: int = 1, role: bool = True, image: str = "", **environment: str
    ) -> str:
        """Create or update a stack of one service; return the stack's final status."""
        pairs = [{"Name": name, "Value": value} for name, value in {"PORT": "8080", **environment}.items()]
        template = {
            "Resources": {
                "Tasks": self._tasks(stack, pairs, role, image),
                "Service": self._service(stack, tasks),
            }
        }
        api = self.client("cloudformation")
        exists = stack in [each["StackName"] for each in api.describe_stacks()["Stacks"]]
        change = api.update_stack if exists else api.create_stack
        change(StackName=stack, TemplateBody=json.dumps(template))
        return self.settled(stack)

    def settled(self, stack: str) -> str:
        wait_for(lambda: not self.status(stack).endswith("IN_PROGRESS"), seconds=60)
        return self.status(stack)

    def status(self, stack: str) -> str:
        return str(self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def reasons(self, stack: str) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def addresses(self, service: str) -> list[str]:
        """Where the service's running tasks are."""
        arns = self.client("ecs").list_tasks(cluster="main", serviceName=service)["taskArns"]
        running = [
            container
            for container in self.engine.containers()
            if container.labels["com.amazonaws.ecs.task-arn"] in arns and container.status == "running"
        ]
        return [container.address for container in running]

    def get(self, address: str, path: str = "/") -> Any:
        with urllib.request.urlopen(f"http://{address}:8080{path}", timeout=5) as answer:
            return json.load(answer)

    def _tasks(self, stack: str, environment: list[dict[str, str]], role: bool, image: str) -> dict[str, Any]:
        options = {"awslogs-group": "/tasks", "awslogs-region": "us-east-1", "awslogs-stream-prefix": stack}
        container = {
            "Name": "web",
            "Image": image or self.image,
            "Environment": environment,
            "PortMappings": [{"ContainerPort": 8080}],
            "LogConfiguration": {"LogDriver": "awslogs", "Options": options},
        }
        properties = {
            "Family": stack,
            "NetworkMode": "awsvpc",
            "RequiresCompatibilities": ["FARGATE"],
            "Cpu": "256",
            "Memory": "512",
            "ContainerDefinitions": [container],
            **({"TaskRoleArn": self.role} if role else {}),
            "ExecutionRoleArn": self.execution_role,
        }
        return {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}

    def _service(self, stack: str, tasks: int) -> dict[str, Any]:
        breaker = {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}
        balanced = {"TargetGroupArn": self.target_group, "ContainerName": "web", "ContainerPort": 8080}
        properties = {
            "ServiceName": stack,
            "Cluster": "main",
            "TaskDefinition": {"Ref": "Tasks"},
            "DesiredCount": tasks,
            "LaunchType": "FARGATE",
            "DeploymentConfiguration": breaker,
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}},
            "LoadBalancers": [balanced],
        }
        return {"Type": "AWS::ECS::Service", "Properties": properties}


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not within the time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    state = tmp_path_factory.mktemp("state")
    with Cloud(state) as cloud:
        surroundings = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "pipeline",
        }
        engine = docker_shim.install(state, lambda: surroundings)
        role = make_role(cloud.client("iam", ACCOUNT), "task")
        execution_role = make_role(cloud.client("iam", ACCOUNT), "execution")
        cloud.client("logs", ACCOUNT).create_log_group(logGroupName="/tasks")
        cloud.client("ecs", ACCOUNT).create_cluster(clusterName="main")
        group = cloud.client("elbv2", ACCOUNT).create_target_group(
            Name="web", Protocol="HTTP", Port=8080, TargetType="ip", VpcId="vpc-1", HealthCheckPath="/healthz"
        )["TargetGroups"][0]["TargetGroupArn"]
        yield Place(cloud, engine, built(state), role, execution_role, group)
        engine.stop()


def built(state: Path) -> str:
    context = state / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(DOCKERFILE)
    (context / "server.mjs").write_text(SERVER)
    store = ImageStore(state / "images")
    image = build(context, file=context / "Dockerfile", platform="linux/arm64", store=store, environment={})
    name = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1"
    store.tag(name, image.digest)
    return name


@pytest.fixture
def stack(place: Place, request: pytest.FixtureRequest) -> Iterator[str]:
    name = request.node.name.split("[")[0].replace("_", "-")[5:40].rstrip("-")
    yield name
    place.client("cloudformation").delete_stack(StackName=name)
    wait_for(lambda: not place.addresses(name))


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
    (before,) = place.addresses(stack)
    killed = next(each for each in place.engine.containers() if each.address == before)
    assert killed.pid is not None

    os.kill(killed.pid, signal.SIGKILL)

    wait_for(lambda: place.addresses(stack) not in ([], [before]))


def test_a_deleted_service_leaves_no_process(place: Place, stack: str) -> None:
    place.deploy(stack, tasks=2)
    pids = [each.pid for each in place.engine.containers() if each.status == "running"]

    place.client("cloudformation").delete_stack(StackName=stack)

    wait_for(lambda: not place.addresses(stack))
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


def test_a_task_that_fails_its_health_check_fails_the_deployment(
    place: Place, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ecs_service, "_STEADY_SECONDS", 4)

    assert place.deploy(stack, SICK="1") == "ROLLBACK_COMPLETE"

    assert "/healthz answers 503" in place.reasons(stack)


def test_an_image_that_was_not_built_here_is_said_to_be_so(place: Place, stack: str) -> None:
    assert place.deploy(stack, image="registry.example/other:1") == "ROLLBACK_COMPLETE"

    assert "image registry.example/other:1 was not built by this rehearsal" in place.reasons(stack)
