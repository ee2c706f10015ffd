"""What the backend's tasks may do with their database, tried from within such tasks; and when they are not started."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from .conftest import Standing
from .test_seven_mutations import Template, resources, update

STACK = "portal-dev"
# The backend's own sources, with the task's own environment and credentials: only what they are asked is the test's.
TRY = """
import { createDatabase } from './src/database.mjs';
import { readConfig } from './src/config.mjs';
import { DatabaseSecret } from './src/secret.mjs';
const { region, database } = readConfig(process.env);
const { writer } = createDatabase(database, new DatabaseSecret({ region, secretArn: database.secretArn }));
const outcome = async (sql) => writer.query(sql).then(({ rows }) => rows[0] ?? {}, ({ code }) => code);
const answers = {};
for (const sql of JSON.parse(process.env.STATEMENTS)) answers[sql] = await outcome(sql);
const secrets = Object.keys(process.env).filter((name) => name.includes('PASSWORD'));
console.log(JSON.stringify({ answers, secrets }));
process.exit(0);
"""
ALLOWED = ["SELECT current_user AS name", "UPDATE readiness SET beat = beat + 1 WHERE name = 'backend'"]
INSUFFICIENT_PRIVILEGE = "42501"
FORBIDDEN = [
    "CREATE TABLE mine (name text)",
    "CREATE TEMPORARY TABLE mine (name text)",
    "DROP TABLE readiness",
    "DELETE FROM readiness",
    "CREATE ROLE mine",
    "SELECT rolpassword FROM pg_authid",
]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "not within a minute"
        time.sleep(0.2)


class Tasks:
    """Tasks of the deployed backend, run by hand."""

    def __init__(self, standing: Standing) -> None:
        client = partial(standing.client, stack=STACK)
        self.ecs, self.logs = client("ecs"), client("logs")
        (service,) = self.ecs.describe_services(cluster="ecs-dev", services=["backend-dev"])["services"]
        self.definition = service["taskDefinition"]
        self.network = service["networkConfiguration"]

    def run(self, statements: list[str], count: int = 1) -> list[dict[str, Any]]:
        """What the tasks say, all of which start at once."""
        command = ["node", "--input-type=module", "-e", TRY]
        environment = [{"name": "STATEMENTS", "value": json.dumps(statements)}]
        started = self.ecs.run_task(
            cluster="ecs-dev",
            count=count,
            taskDefinition=self.definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
            overrides={
                "containerOverrides": [{"name": "backend", "command": command, "environment": environment}]
            },
        )["tasks"]
        return [self._said(task["taskArn"]) for task in started]

    def _said(self, arn: str) -> dict[str, Any]:
        wait_for(lambda: self._described(arn)["lastStatus"] == "STOPPED")
        task = self._described(arn)
        codes = {container["name"]: container.get("exitCode") for container in task["containers"]}
        assert codes == {"migrate": 0, "backend": 0}, (task["stoppedReason"], self._lines("migrate", arn))
        wait_for(lambda: self._lines("backend", arn))  # a log group is a little late
        said: dict[str, Any] = json.loads(self._lines("backend", arn)[-1])
        return said

    def _described(self, arn: str) -> dict[str, Any]:
        task: dict[str, Any] = self.ecs.describe_tasks(cluster="ecs-dev", tasks=[arn])["tasks"][0]
        return task

    def _lines(self, container: str, arn: str) -> list[str]:
        stream = f"backend/{container}/{arn.rpartition('/')[2]}"
        events = self.logs.get_log_events(logGroupName="/ecs/backend-dev", logStreamName=stream)["events"]
        return [event["message"] for event in events]


@pytest.fixture(scope="module")
def tasks(standing: Standing) -> Tasks:
    return Tasks(standing)


def test_the_backend_is_a_user_of_its_own_who_uses_its_tables(tasks: Tasks) -> None:
    (said,) = tasks.run(ALLOWED)
    assert said["answers"] == {ALLOWED[0]: {"name": "portal_backend"}, ALLOWED[1]: {}}


def test_the_backend_creates_drops_and_reads_nothing_else(tasks: Tasks) -> None:
    (said,) = tasks.run(FORBIDDEN)
    assert said["answers"] == dict.fromkeys(FORBIDDEN, INSUFFICIENT_PRIVILEGE)


def test_no_password_is_in_the_backends_environment(tasks: Tasks) -> None:
    (said,) = tasks.run([])
    assert said["secrets"] == []


def test_tasks_that_start_at_once_migrate_without_harm(tasks: Tasks) -> None:
    (before,) = tasks.run(["SELECT beat FROM readiness WHERE name = 'backend'"])
    said = tasks.run(ALLOWED, count=4)
    (after,) = tasks.run(["SELECT beat FROM readiness WHERE name = 'backend'"])

    assert [each["answers"][ALLOWED[1]] for each in said] == [{}] * 4
    ((old,), (new,)) = (list(each["answers"].values()) for each in (before, after))
    assert int(new["beat"]) >= int(old["beat"]) + 4


def test_a_failing_migration_ends_the_deployment_and_the_old_tasks_serve(
    standing: Standing, tasks: Tasks
) -> None:
    cloudformation = standing.client("cloudformation", stack=STACK)
    template: Template = cloudformation.get_template(StackName=STACK)["TemplateBody"]
    for task in resources(template, "AWS::ECS::TaskDefinition").values():
        for container in task["Properties"]["ContainerDefinitions"]:
            if container["Name"] == "migrate":
                container["Command"] = ["node", "-e", "process.exit(1)"]

    with pytest.raises(WaiterError):
        update(standing, STACK, template)

    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
    assert "ECS Deployment Circuit Breaker was triggered" in reasons
    assert "dependency did not exit successfully" in reasons
    assert Tasks(standing).definition == tasks.definition
    assert readiness(standing) == 200


def readiness(standing: Standing) -> int:
    """The status with which the backend answers the probe, which alone may ask whether it is ready."""
    event = json.dumps({"paths": ["/api/ready"]}).encode()
    invoked = standing.client("lambda", stack=STACK).invoke(FunctionName="probe-dev", Payload=event)
    (seen,) = json.loads(invoked["Payload"].read())["responses"]
    return int(seen["status"])
