"""Ways to weaken the services."""

from __future__ import annotations

from typing import Any

from tests.assembly.invariants import containers
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import properties, remove


def _service(synthesis: Synthesis, stack: str) -> dict[str, Any]:
    return properties(synthesis, stack, containers.SERVICE)


def _task(synthesis: Synthesis, stack: str) -> dict[str, Any]:
    return properties(synthesis, stack, containers.TASK)


@breaks(containers.containers_are_hardened)
def let_a_container_write(synthesis: Synthesis) -> None:
    _task(synthesis, "portal-dev")["ContainerDefinitions"][0]["ReadonlyRootFilesystem"] = False


@breaks(containers.containers_are_hardened)
def run_as_root(synthesis: Synthesis) -> None:
    _task(synthesis, "portal-prod")["ContainerDefinitions"][0]["User"] = "root"


@breaks(containers.containers_are_hardened)
def leave_the_user_to_the_image(synthesis: Synthesis) -> None:
    del _task(synthesis, "portal-dev")["ContainerDefinitions"][0]["User"]


@breaks(containers.containers_are_hardened)
def run_privileged(synthesis: Synthesis) -> None:
    _task(synthesis, "portal-prod")["ContainerDefinitions"][0]["Privileged"] = True


@breaks(containers.tasks_run_on_arm_fargate)
def run_on_x86(synthesis: Synthesis) -> None:
    del _task(synthesis, "portal-dev")["RuntimePlatform"]


@breaks(containers.execution_and_task_have_roles_of_their_own)
def act_as_the_execution_role(synthesis: Synthesis) -> None:
    task = _task(synthesis, "portal-prod")
    task["TaskRoleArn"] = task["ExecutionRoleArn"]


@breaks(containers.execution_and_task_have_roles_of_their_own)
def act_as_nobody(synthesis: Synthesis) -> None:
    del _task(synthesis, "portal-dev")["TaskRoleArn"]


@breaks(containers.deployments_roll_back)
def break_the_circuit_without_rollback(synthesis: Synthesis) -> None:
    deployment = _service(synthesis, "portal-prod")["DeploymentConfiguration"]
    deployment["DeploymentCircuitBreaker"]["Rollback"] = False


@breaks(containers.deployments_roll_back)
def watch_an_alarm_that_is_not(synthesis: Synthesis) -> None:
    _service(synthesis, "portal-dev")["DeploymentConfiguration"]["Alarms"]["AlarmNames"] = ["errors-dev"]


@breaks(containers.deployments_roll_back)
def stop_half_of_the_tasks_first(synthesis: Synthesis) -> None:
    _service(synthesis, "portal-dev")["DeploymentConfiguration"]["MinimumHealthyPercent"] = 50


@breaks(containers.deployments_roll_back)
def watch_no_alarm(synthesis: Synthesis) -> None:
    _service(synthesis, "portal-dev")["DeploymentConfiguration"]["Alarms"]["Enable"] = False


@breaks(containers.nobody_logs_in_to_a_task)
def open_a_shell(synthesis: Synthesis) -> None:
    _service(synthesis, "portal-prod")["EnableExecuteCommand"] = True


@breaks(containers.services_are_balanced_over_zones)
def leave_a_zone_empty(synthesis: Synthesis) -> None:
    del _service(synthesis, "portal-prod")["AvailabilityZoneRebalancing"]


@breaks(containers.services_are_balanced_over_zones)
def run_in_two_zones(synthesis: Synthesis) -> None:
    _service(synthesis, "portal-prod")["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"].pop()


@breaks(containers.strategies_are_within_the_cluster)
def ask_for_capacity_that_is_not(synthesis: Synthesis) -> None:
    associations = properties(synthesis, "portal-dev", "AWS::ECS::ClusterCapacityProviderAssociations")
    associations["CapacityProviders"] = ["FARGATE"]


@breaks(containers.strategies_are_within_the_cluster)
def ask_for_no_capacity(synthesis: Synthesis) -> None:
    del _service(synthesis, "portal-dev")["CapacityProviderStrategy"]


@breaks(containers.strategies_are_within_the_cluster)
def weigh_nothing(synthesis: Synthesis) -> None:
    for item in _service(synthesis, "portal-prod")["CapacityProviderStrategy"]:
        item["Weight"] = 0


@breaks(containers.services_scale)
def scale_without_regard_to_requests(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::ApplicationAutoScaling::ScalingPolicy", "Requests")


@breaks(containers.services_scale)
def scale_between_wrong_bounds(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::ApplicationAutoScaling::ScalableTarget")["MinCapacity"] = 20


@breaks(containers.dead_tasks_are_found_quickly)
def leave_health_checks_to_their_default(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", containers.TARGETS)["HealthCheckIntervalSeconds"]


@breaks(containers.tasks_end_after_their_last_request)
def drain_for_longer_than_a_task_lives(synthesis: Synthesis) -> None:
    attributes = properties(synthesis, "portal-prod", containers.TARGETS)["TargetGroupAttributes"]
    next(one for one in attributes if one["Key"].startswith("deregistration"))["Value"] = "300"
