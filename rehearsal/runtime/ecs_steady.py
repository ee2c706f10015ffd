"""When a service is steady: CloudFormation on AWS waits for that, and the emulator does not.

The load balancer's health check is part of it; the emulator calls every target healthy.
"""

import time
from typing import Any

from rehearsal.cloud.here import client

from .ecs_health import unhealthy

SECONDS = 180.0
POLL_SECONDS = 0.2


class ServiceNotSteadyError(RuntimeError):
    """A deployment of a service failed; the message has the circuit breaker's or the health check's reason."""


def wait(
    cluster: str,
    arn: str,
    task_definition: str,
    failed: frozenset[str] = frozenset(),
    *,
    seconds: float | None = None,
) -> None:
    """Return when the tasks of that definition run and answer, and no others.

    `failed` are the ids of deployments that had failed before this one; `seconds` is how long to wait, `SECONDS` if
    None. Raises ServiceNotSteadyError.
    """
    deadline = time.monotonic() + (SECONDS if seconds is None else seconds)
    reason = "no deployment"
    while time.monotonic() < deadline:
        service = described(cluster, arn)
        reason = ", ".join(
            filter(None, [_unsteady(service, task_definition, failed), *unhealthy(cluster, service)])
        )
        if not reason:
            return
        time.sleep(POLL_SECONDS)
    raise ServiceNotSteadyError(f"service {arn.rpartition('/')[2]} is not steady: {reason}")


def described(cluster: str, arn: str) -> dict[str, Any]:
    """The service as ECS describes it."""
    service: dict[str, Any] = client("ecs").describe_services(cluster=cluster, services=[arn])["services"][0]
    return service


def failed_deployments(service: dict[str, Any]) -> frozenset[str]:
    """The ids of those that the circuit breaker has given up."""
    return frozenset(each["id"] for each in service["deployments"] if each.get("rolloutState") == "FAILED")


def _unsteady(service: dict[str, Any], task_definition: str, failed: frozenset[str]) -> str:
    """Why the deployment is not done yet; empty when it is. Raises ServiceNotSteadyError when it failed."""
    failures = failed_deployments(service)
    for deployment in service["deployments"]:
        if deployment["id"] in failures - failed:
            raise ServiceNotSteadyError(
                f"service {service['serviceName']}: ECS Deployment Circuit Breaker was triggered: "
                f"{deployment.get('rolloutStateReason', '')} {_stopped_reasons(service)}"
            )
    primary = next(each for each in service["deployments"] if each["status"] == "PRIMARY")
    if primary["taskDefinition"] != task_definition:
        raise ServiceNotSteadyError(
            f"service {service['serviceName']}: the deployment of {task_definition} was rolled back "
            f"to {primary['taskDefinition']} {_stopped_reasons(service)}"
        )
    others = [each for each in service["deployments"] if each is not primary and each["id"] not in failures]
    if others or service["runningCount"] != service["desiredCount"] or primary["rolloutState"] != "COMPLETED":
        return (
            f"{service['runningCount']} of {service['desiredCount']} tasks run, the deployment is "
            f"{primary['rolloutState']}, {len(others)} older ones are not drained {_stopped_reasons(service)}"
        )
    return ""


def _stopped_reasons(service: dict[str, Any]) -> str:
    """Why tasks of the service stopped, each reason once."""
    api = client("ecs")
    cluster = service["clusterArn"]
    stopped = api.list_tasks(cluster=cluster, serviceName=service["serviceName"], desiredStatus="STOPPED")
    if not stopped["taskArns"]:
        return ""
    tasks = api.describe_tasks(cluster=cluster, tasks=stopped["taskArns"][-10:])["tasks"]
    return "(tasks stopped: " + "; ".join(dict.fromkeys(task["stoppedReason"] for task in tasks)) + ")"
