"""ECS: container definitions from CloudFormation in the API's spelling, and a first deployment that can fail."""

from typing import Any

from ..here import client_of
from ..types.shaping import operation_of, shaped


def apply() -> None:
    """Understands `Secrets`, `DependsOn` and whatever a container may have; counts failures from the beginning."""
    from ministack.services import ecs
    from ministack.services.cloudformation import provisioners

    make_deployment = ecs._make_deployment

    def deployment(*arguments: Any, **more: Any) -> dict[str, Any]:
        # The emulator begins a service's first one as completed, so the circuit breaker never looks at it.
        made: dict[str, Any] = make_deployment(*arguments, **more)
        return {**made, "rolloutState": "IN_PROGRESS", "rolloutStateReason": ""}

    ecs._make_deployment = deployment
    provisioners._normalize_container_defs = _spelled


def _spelled(containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # Whose client it is does not matter: only its model is read.
    operation = operation_of(client_of("ecs", "000000000000", "us-east-1"), "register_task_definition")
    assert operation.input_shape is not None  # noqa: S101 - for the type checker
    shape = operation.input_shape.members["containerDefinitions"]
    defaults = {"cpu": 0, "essential": True}  # the API's own
    return [{**defaults, **container} for container in shaped(containers, shape)]
