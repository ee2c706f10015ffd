"""A task ends as on ECS: out of its target group, SIGTERM, the stop timeout of its container, SIGKILL.

The scheduler takes a task out of its target groups before it stops it, and counts a new one only when the load balancer
calls it healthy. StopTask sends SIGTERM while requests still come, and the target goes some seconds later
(https://github.com/aws/containers-roadmap/issues/708).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from .target_health import checks

DEFAULT_STOP_TIMEOUT = 30
"""Seconds; https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html."""
REGISTERED_SECONDS = 3.0
"""How long a target that StopTask stops stays registered: 3 to 5 s were seen in the issue."""
_POLL_SECONDS = 0.1
_installed = False


def install() -> None:
    """Let the emulator end tasks so. A second call does nothing."""
    global _installed
    from ministack.services import ecs

    if _installed:
        return
    _installed = True
    stop_task, record_healthy = ecs._stop_task, ecs._record_service_task_healthy

    def stop_by_request(data: dict[str, Any]) -> Any:
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        task = ecs._resolve_task(data.get("task", ""), cluster) if cluster else None
        if not task or task["lastStatus"] != "RUNNING":
            return stop_task(data)
        _in_background(_end, _containers(task))
        _in_background(_deregister, data, stop_task, cluster, task)
        return ecs.json_response({"task": ecs._sanitize({**task, "desiredStatus": "STOPPED"})})

    def record_when_healthy(service: str, task: dict[str, Any]) -> None:
        if _becomes_healthy(service, task):
            record_healthy(service, task)

    ecs._ACTION_MAP["StopTask"] = stop_by_request
    ecs._record_service_task_healthy = record_when_healthy
    ecs._remove_docker_container = _remove


def _containers(task: Mapping[str, Any]) -> list[Any]:
    from .docker_shim import running_of

    return running_of(task["taskArn"])


def _end(containers: list[Any]) -> None:
    """Tell all of them at once, as ECS does."""
    threads = [threading.Thread(target=each.stop, args=(each.stop_timeout,)) for each in containers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _deregister(data: dict[str, Any], stop_task: Any, cluster: str, task: Mapping[str, Any]) -> None:
    from ministack.services import ecs

    time.sleep(REGISTERED_SECONDS)
    stop_task(data)
    group = str(task.get("group", ""))
    if group.startswith("service:"):
        ecs._reconcile_service_tasks(cluster, f"{cluster}/{group.removeprefix('service:')}")


def _becomes_healthy(service_key: str, task: Mapping[str, Any]) -> bool:
    """Wait until every load balancer of the service calls the task healthy; False if the task ends before."""
    from ministack.services import ecs

    service = ecs._services.get(service_key) or {}
    for balanced in service.get("loadBalancers") or []:
        arn, port = balanced.get("targetGroupArn"), int(balanced.get("containerPort", 80))
        while not (address := ecs._task_ip(task)) or not checks.is_healthy(arn, address, port):
            if task.get("lastStatus") != "RUNNING" or ecs._services.get(service_key) is not service:
                return False
            time.sleep(_POLL_SECONDS)
    return True


def _remove(_: Any, container: Any) -> None:
    """End a container in its own time: whoever takes a task out of service does not wait for it."""
    from .docker_shim import known

    found = known(container) if isinstance(container, str) else container
    if found is not None:
        _in_background(_end_and_forget, found)


def _end_and_forget(container: Any) -> None:
    container.stop(container.stop_timeout)
    container.remove()


def _in_background(work: Any, *arguments: Any) -> None:
    from ministack.core.responses import get_account_id, get_region, request_scope

    account, region = get_account_id(), get_region()

    def run() -> None:
        with request_scope(account, region):
            work(*arguments)

    threading.Thread(target=run, name="task-stop", daemon=True).start()
