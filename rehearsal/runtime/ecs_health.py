"""The health check of a load balancer, asked of a service's tasks; the emulator calls every target healthy."""

from collections.abc import Iterator
from typing import Any

from rehearsal.cloud.here import client

from . import health_check


def unhealthy(cluster: str, service: dict[str, Any]) -> Iterator[str]:
    """What the load balancers' health checks have against tasks that run, one phrase for a task.

    `service` is as ECS describes it.
    """
    for balanced in service.get("loadBalancers", []):
        groups = client("elbv2").describe_target_groups(TargetGroupArns=[balanced["targetGroupArn"]])
        group = groups["TargetGroups"][0]
        for address in _addresses(cluster, service):
            answer = health_check.ask(group, address, balanced["containerPort"])
            if not health_check.passes(group, answer):
                asked = health_check.url(group, address, balanced["containerPort"])
                yield f"health check {asked} answers {answer}"


def _addresses(cluster: str, service: dict[str, Any]) -> list[str]:
    api = client("ecs")
    arns = api.list_tasks(cluster=cluster, serviceName=service["serviceName"])["taskArns"]
    tasks = api.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return [
        detail["value"]
        for task in tasks
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    ]
