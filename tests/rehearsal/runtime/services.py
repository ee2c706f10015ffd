"""A place to deploy ECS services in, their tasks being local processes."""

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud, stacks
from rehearsal.runtime.build import build
from rehearsal.runtime.container import Container
from rehearsal.runtime.engine import Engine
from rehearsal.runtime.images import ImageStore
from tests.rehearsal.waiting import wait_for

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
  if (request.url === "/healthz" && process.env.SICK) answer.writeHead(process.env.SICK, { location: "/" });
  answer.end(JSON.stringify(shown));
}).listen(process.env.PORT);
process.on("SIGTERM", () => { console.log("told to stop"); if (!process.env.STUBBORN) process.exit(0); });
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
        change = api.update_stack if self.has(stack) else api.create_stack
        change(StackName=stack, TemplateBody=json.dumps(template))
        return self.settled(stack)

    def has(self, stack: str) -> bool:
        listed = self.client("cloudformation").describe_stacks()["Stacks"]
        return stack in [each["StackName"] for each in listed]

    def delete(self, stack: str) -> None:
        """Delete a stack, and return when it is gone."""
        stacks.delete(self.client("cloudformation"), stack)

    def settled(self, stack: str) -> str:
        wait_for(lambda: not self.status(stack).endswith("IN_PROGRESS"), seconds=60)
        return self.status(stack)

    def status(self, stack: str) -> str:
        return str(self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def reasons(self, stack: str) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def running(self, service: str) -> list[Container]:
        """The containers of the service's tasks."""
        arns = self.client("ecs").list_tasks(cluster="main", serviceName=service)["taskArns"]
        return [
            container
            for container in self.engine.containers()
            if container.labels["com.amazonaws.ecs.task-arn"] in arns and container.status == "running"
        ]

    def addresses(self, service: str) -> list[str]:
        """Where the service's running tasks are."""
        return [container.address for container in self.running(service)]

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
