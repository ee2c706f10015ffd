"""AWS::ECS::Service: created and changed by the emulator's API, and done only when its tasks answer.

CloudFormation on AWS waits for a service's steady state, and the load balancer's health check is part of that;
the emulator waits for neither and calls every target healthy.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from rehearsal.cloud.here import client
from rehearsal.cloud.registry import Created, Properties, register
from rehearsal.cloud.types.shaping import operation_of, parameters

_STEADY_SECONDS = 180.0
_POLL_SECONDS = 0.2
_FIXED = ("ServiceName", "Cluster", "LaunchType", "DeploymentController", "SchedulingStrategy")
# A proxy of the user's must not carry a health check to a loopback address.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ServiceNotSteadyError(RuntimeError):
    """A deployment of a service failed; the message has the circuit breaker's or the health check's reason."""


def install() -> None:
    """Let CloudFormation make services here."""
    register("AWS::ECS::Service", create=create, update=update, delete=delete)


def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    """Create a service and wait until it is steady. Raises ServiceNotSteadyError."""
    api = client("ecs")
    arguments = parameters(operation_of(api, "create_service"), properties)
    arguments.setdefault("serviceName", f"{stack_name}-{logical_id}")
    arguments.setdefault("cluster", "default")
    service = api.create_service(**arguments)["service"]
    try:
        _wait_until_steady(arguments["cluster"], service["serviceArn"], service["taskDefinition"])
    except Exception:
        delete(service["serviceArn"], properties)  # a rollback knows nothing of what never had a physical id
        raise
    _keep_rebalancing(service["serviceArn"], properties)
    return service["serviceArn"], {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]}


def update(physical_id: str, old: Properties, new: Properties, _: str) -> Created | None:
    """Deploy what changed and wait until it is steady. Raises ServiceNotSteadyError."""
    if any(old.get(name) != new.get(name) for name in _FIXED):
        return None
    api = client("ecs")
    changed = {name: value for name, value in new.items() if value != old.get(name)}
    arguments = parameters(operation_of(api, "update_service"), changed)
    cluster = new.get("Cluster", "default")
    failed = frozenset(_failed_deployments(_described(cluster, physical_id)))
    service = api.update_service(**{**arguments, "service": physical_id, "cluster": cluster})["service"]
    _wait_until_steady(cluster, physical_id, service["taskDefinition"], failed)
    _keep_rebalancing(physical_id, new)
    return physical_id, {"ServiceArn": physical_id, "Name": service["serviceName"]}


def delete(physical_id: str, properties: Properties) -> None:
    """Delete a service and stop its tasks; one that is gone is as good as deleted."""
    api = client("ecs")
    try:
        api.delete_service(cluster=properties.get("Cluster", "default"), service=physical_id, force=True)
    except (api.exceptions.ServiceNotFoundException, api.exceptions.ClusterNotFoundException):
        return


def _keep_rebalancing(arn: str, properties: Properties) -> None:
    """The emulator drops it, and a rehearsal has one zone: it is described, not acted out."""
    from ministack.services import ecs

    for service in ecs._services.values():
        if service["serviceArn"] == arn and "AvailabilityZoneRebalancing" in properties:
            service["availabilityZoneRebalancing"] = properties["AvailabilityZoneRebalancing"]


def restart(seconds: float = _STEADY_SECONDS) -> list[str]:
    """Start the tasks of every service anew, as after a loss of their hosts, and wait until they answer.

    What is not steady after `seconds` is answered, a sentence each.
    """
    from ministack.core.responses import request_scope
    from ministack.services import ecs

    ecs._reconcile_restored_services()
    deadline = time.monotonic() + seconds
    reasons = []
    for (account, region, _), service in ecs._services.all_items():
        with request_scope(account, region):
            try:
                _wait_until_steady(
                    service["clusterArn"],
                    service["serviceArn"],
                    service["taskDefinition"],
                    frozenset(_failed_deployments(service)),
                    seconds=max(deadline - time.monotonic(), _POLL_SECONDS),
                )
            except ServiceNotSteadyError as error:
                reasons.append(str(error))
    return reasons


def _wait_until_steady(
    cluster: str,
    arn: str,
    task_definition: str,
    failed: frozenset[str] = frozenset(),
    *,
    seconds: float | None = None,
) -> None:
    """`failed` are the ids of deployments that had failed before this one; `seconds` is that long at most."""
    deadline = time.monotonic() + (_STEADY_SECONDS if seconds is None else seconds)
    reason = "no deployment"
    while time.monotonic() < deadline:
        service = _described(cluster, arn)
        reason = _unsteady(service, task_definition, failed) or ", ".join(_unhealthy(cluster, service))
        if not reason:
            return
        time.sleep(_POLL_SECONDS)
    raise ServiceNotSteadyError(f"service {arn.rpartition('/')[2]} is not steady: {reason}")


def _described(cluster: str, arn: str) -> dict[str, Any]:
    service: dict[str, Any] = client("ecs").describe_services(cluster=cluster, services=[arn])["services"][0]
    return service


def _failed_deployments(service: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in service["deployments"] if each.get("rolloutState") == "FAILED"}


def _unsteady(service: dict[str, Any], task_definition: str, failed: frozenset[str]) -> str:
    """Why the deployment is not done yet; empty when it is. Raises ServiceNotSteadyError when it failed."""
    failures = _failed_deployments(service)
    for id_, deployment in failures.items():
        if id_ not in failed:
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
    return "(tasks stopped: " + "; ".join({task["stoppedReason"] for task in tasks}) + ")"


def _unhealthy(cluster: str, service: dict[str, Any]) -> Iterator[str]:
    """What the load balancers' health checks have against tasks that run, one phrase for a task."""
    for balanced in service.get("loadBalancers", []):
        groups = client("elbv2").describe_target_groups(TargetGroupArns=[balanced["targetGroupArn"]])
        group = groups["TargetGroups"][0]
        port = group.get("HealthCheckPort", "traffic-port")
        port = balanced["containerPort"] if port == "traffic-port" else port
        for address in _addresses(cluster, service):
            url = f"http://{address}:{port}{group.get('HealthCheckPath', '/')}"
            answer = _answer(url)
            if not _matches(answer, group.get("Matcher", {}).get("HttpCode", "200")):
                yield f"health check {url} answers {answer}"


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


def _answer(url: str) -> str:
    """The status code, or why there is none."""
    try:
        with _direct.open(url, timeout=5) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return str(error)


def _matches(answer: str, matcher: str) -> bool:
    """Whether a status code is among `200`, `200,302` or `200-299`."""
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if answer.isdigit() and int(low) <= int(answer) <= int(high or low):
            return True
    return False
