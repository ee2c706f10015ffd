"""A task of two containers, of which one waits for the other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.runtime.engine import Engine
from tests.rehearsal.waiting import wait_for

ACCOUNT = "111111111111"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/task:1"
# Ends with the code that somebody writes into the file `go`.
STEP = """
const fs = require("node:fs"), go = process.env.PLACE + "/go";
const look = setInterval(() => { if (fs.existsSync(go)) process.exit(Number(fs.readFileSync(go))); }, 20);
"""
MAIN = "require('node:fs').writeFileSync(process.env.PLACE + '/main', ''); setInterval(() => {}, 1000);"


@dataclass
class Task:
    """A task of a main container and a step before it."""

    ecs: Any
    engine: Engine
    folder: Path
    arn: str = ""

    def start(self, condition: str, **step: Any) -> None:
        (task,) = self.ecs.run_task(**self.launched(condition, **step))["tasks"]
        self.arn = task["taskArn"]

    def launched(self, condition: str, **step: Any) -> dict[str, Any]:
        """What tasks and services are started with."""
        place = [{"name": "PLACE", "value": str(self.folder)}]
        depends = [{"containerName": "step", "condition": condition}]
        containers = [
            {"name": "main", "command": ["node", "-e", MAIN], "dependsOn": depends},
            {"name": "step", "command": ["node", "-e", STEP], "essential": False, **step},
        ]
        definition = self.ecs.register_task_definition(
            family="task",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/execution",
            containerDefinitions=[{"image": IMAGE, "environment": place, **each} for each in containers],
        )["taskDefinition"]["taskDefinitionArn"]
        network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
        return {
            "cluster": "main",
            "taskDefinition": definition,
            "launchType": "FARGATE",
            "networkConfiguration": network,
        }

    def end_step(self, code: int) -> None:
        wait_for(lambda: self.runs("step"))
        (self.folder / "new").write_text(str(code))
        (self.folder / "new").rename(self.folder / "go")

    @property
    def described(self) -> dict[str, Any]:
        task: dict[str, Any] = self.ecs.describe_tasks(cluster="main", tasks=[self.arn])["tasks"][0]
        return task

    @property
    def status(self) -> str:
        return str(self.described["lastStatus"])

    def runs(self, name: str) -> bool:
        return any(
            each.labels["com.amazonaws.ecs.task-arn"] == self.arn
            and each.labels["com.amazonaws.ecs.container-name"] == name
            and each.status == "running"
            for each in self.engine.containers()
        )

    @property
    def main_has_run(self) -> bool:
        return (self.folder / "main").exists()
