"""What the emulator drops or does otherwise than AWS, put right."""

from typing import Any

from . import (
    alarms,
    asked,
    authorization,
    change_sets,
    conditions,
    deployment_roles,
    ec2_filters,
    ecs,
    encryption,
    execution_role,
    filter_patterns,
    foreign_buckets,
    function_logs,
    function_networks,
    functions,
    gateway,
    gateway_deployments,
    images,
    instance_types,
    kept,
    load_balancing,
    network,
    public_parameters,
    refs,
    refusals,
    resources_asked_for,
    storage,
    task_starts,
    templates,
    unsupported_operations,
)
from .functions import MODULES

__all__ = ["MODULES", "apply_all"]

_applied = False


def apply_all(emulated: dict[str, Any]) -> None:
    """Applies every mend to the emulator, once per process. `emulated`: its table of resource types."""
    global _applied
    if _applied:
        return
    _applied = True
    for module in (function_logs, function_networks, gateway, kept, load_balancing, network, refs, storage):
        module.apply(emulated)
    for module in (
        alarms,
        asked,
        authorization,
        change_sets,
        conditions,
        deployment_roles,
        ec2_filters,
        ecs,
        encryption,
        execution_role,
        filter_patterns,
        foreign_buckets,
        functions,
        gateway_deployments,
        images,
        instance_types,
        public_parameters,
        refusals,
        resources_asked_for,
        task_starts,
        templates,
        unsupported_operations,
    ):
        module.apply()
