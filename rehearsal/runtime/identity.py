"""The AWS credentials of a task: those of its task role, as on AWS, and none without one."""

from collections.abc import Mapping

from rehearsal.cloud.auth import ECS_TASKS, assumed
from rehearsal.cloud.here import client_of


def task_role(labels: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with credentials of the role that the task's definition names; else empty.

    `labels` are the container's, as ECS sets them. Raises NotTrusted when ECS may not take the role.
    """
    task = labels.get("com.amazonaws.ecs.task-arn")
    if not task:
        return {}
    _, _, _, region, account, _ = task.split(":", 5)
    definition = client_of("ecs", account, region).describe_task_definition(
        taskDefinition=":".join(
            labels[f"com.amazonaws.ecs.task-definition-{part}"] for part in ("family", "version")
        )
    )["taskDefinition"]
    role = definition.get("taskRoleArn")
    if not role:
        return {}
    # For good: on AWS the agent renews them every few hours.
    credentials = assumed(role, service=ECS_TASKS, session=task.rpartition("/")[2])
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
