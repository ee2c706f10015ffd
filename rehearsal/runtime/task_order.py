"""A task's containers start in the order of their `dependsOn`, each when what it depends on has come so far.

The emulator starts them one after the other as they are listed. What it does have: a container that is not essential
may end while its task runs on.
"""

import time
from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any

from .task_stop import DEFAULT_STOP_TIMEOUT

# The ECS agent's words.
_UNRESOLVED = "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency"
_POLL_SECONDS = 0.05
_installed = False


class DependencyError(RuntimeError):
    """A container cannot start, because another one did not come as far as it must; the message says which."""


def install() -> None:
    """Let the emulator start tasks so. A second call does nothing."""
    global _installed
    from ministack.services import ecs

    if _installed:
        return
    _installed = True
    start_task, start_container = ecs._start_task_worker, ecs._run_docker_container

    def start_in_order(
        task: dict[str, Any], definition: Mapping[str, Any], overrides: Any, docker: Any
    ) -> None:
        try:
            start_task(task, _in_order(task, definition), overrides, docker)
        except DependencyError as error:
            ecs._fail_task_start(task, docker, str(error))

    def start_when_ready(
        docker: Any, definition: Mapping[str, Any], arguments: dict[str, Any], **more: Any
    ) -> Any:
        _wait(docker, definition, arguments["labels"]["com.amazonaws.ecs.task-arn"])
        container = start_container(docker, definition, arguments, **more)
        container.stop_timeout = definition.get("stopTimeout", DEFAULT_STOP_TIMEOUT)
        return container

    ecs._start_task_worker, ecs._run_docker_container = start_in_order, start_when_ready


def _in_order(task: dict[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with its containers in the order of their starts; the task's own lists follow it.

    Each dependency is given the time that its container has. Raises DependencyError for what ECS would refuse.
    """
    listed = {container["name"]: container for container in definition["containerDefinitions"]}
    for container in listed.values():
        container["dependsOn"] = [
            {**each, "startTimeout": listed[each["containerName"]].get("startTimeout")}
            for each in container.get("dependsOn", [])
        ]
        for each in container["dependsOn"]:
            if each["condition"] in ("SUCCESS", "COMPLETE") and listed[each["containerName"]]["essential"]:
                raise DependencyError(
                    "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
                )
    needs = {
        name: [dependency["containerName"] for dependency in container["dependsOn"]]
        for name, container in listed.items()
    }
    order = list(TopologicalSorter(needs).static_order())
    task["containers"].sort(key=lambda container: order.index(container["name"]))
    task["_container_essentials"] = [bool(listed[name]["essential"]) for name in order]
    return {**definition, "containerDefinitions": [listed[name] for name in order]}


def _wait(docker: Any, definition: Mapping[str, Any], task: str) -> None:
    """Return when the container may start. Raises DependencyError when it never may."""
    for dependency in definition["dependsOn"]:
        name, condition = dependency["containerName"], dependency["condition"]
        labels = [f"com.amazonaws.ecs.task-arn={task}", f"com.amazonaws.ecs.container-name={name}"]
        if condition == "START":  # it has been started, for it comes before
            continue
        if condition == "HEALTHY":
            raise DependencyError(
                f"container {definition['name']} depends on {name} being HEALTHY: the rehearsal runs no health "
                "checks of containers; use START, COMPLETE or SUCCESS"
            )
        (container,) = docker.containers.list(filters={"label": labels})
        seconds, begun = dependency["startTimeout"], time.monotonic()
        while container.status != "exited":
            if seconds and time.monotonic() > begun + seconds:
                raise DependencyError(f"{_UNRESOLVED} [{name}] for target [{definition['name']}]: timed out")
            time.sleep(_POLL_SECONDS)
        code = container.wait()["StatusCode"]
        if condition == "SUCCESS" and code != 0:
            raise DependencyError(
                f"{_UNRESOLVED} [{name}] for target [{definition['name']}] as dependency did not exit "
                f"successfully (exit code {code})"
            )
