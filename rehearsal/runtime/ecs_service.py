"""AWS::ECS::Service: created and changed by the emulator's API, and done only when its tasks answer."""

import time

from rehearsal.cloud.here import client
from rehearsal.cloud.registry import Created, Properties, register
from rehearsal.cloud.types.shaping import operation_of, parameters

from . import ecs_steady

_FIXED = ("ServiceName", "Cluster", "LaunchType", "DeploymentController", "SchedulingStrategy")


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
        ecs_steady.wait(arguments["cluster"], service["serviceArn"], service["taskDefinition"])
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
    failed = ecs_steady.failed_deployments(ecs_steady.described(cluster, physical_id))
    service = api.update_service(**{**arguments, "service": physical_id, "cluster": cluster})["service"]
    ecs_steady.wait(cluster, physical_id, service["taskDefinition"], failed)
    _keep_rebalancing(physical_id, new)
    return physical_id, {"ServiceArn": physical_id, "Name": service["serviceName"]}


def delete(physical_id: str, properties: Properties) -> None:
    """Delete a service and wait until its tasks have ended; one that is gone is as good as deleted."""
    from .docker_shim import running_of

    api = client("ecs")
    cluster = properties.get("Cluster", "default")
    try:
        name = physical_id.rpartition("/")[2]
        tasks = api.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
        ending = [container for task in tasks for container in running_of(task)]
        api.delete_service(cluster=cluster, service=physical_id, force=True)
    except (api.exceptions.ServiceNotFoundException, api.exceptions.ClusterNotFoundException):
        return
    for container in ending:
        container.wait()


def restart(seconds: float = ecs_steady.SECONDS) -> list[str]:
    """Start the tasks of every service anew, as after a loss of their hosts, and wait until they answer.

    What is not steady after `seconds` is answered, a sentence each.
    """
    from ministack.core.responses import request_scope
    from ministack.services import ecs

    ecs._reconcile_restored_services()
    deadline = time.monotonic() + seconds
    reasons = []
    for (account, region, _), service in ecs._services.all_items():
        # ECS describes a deleted service for a while, when its cluster may be gone.
        if service["status"] != "ACTIVE":
            continue
        with request_scope(account, region):
            try:
                ecs_steady.wait(
                    service["clusterArn"],
                    service["serviceArn"],
                    service["taskDefinition"],
                    ecs_steady.failed_deployments(service),
                    seconds=max(deadline - time.monotonic(), ecs_steady.POLL_SECONDS),
                )
            except ecs_steady.ServiceNotSteadyError as error:
                reasons.append(str(error))
    return reasons


def _keep_rebalancing(arn: str, properties: Properties) -> None:
    """The emulator drops it, and a rehearsal has one zone: it is described, not acted out."""
    from ministack.services import ecs

    for service in ecs._services.values():
        if service["serviceArn"] == arn and "AvailabilityZoneRebalancing" in properties:
            service["availabilityZoneRebalancing"] = properties["AvailabilityZoneRebalancing"]
