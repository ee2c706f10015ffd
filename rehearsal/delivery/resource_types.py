"""The CloudFormation types of the delivery service, which the emulator lacks."""

import uuid
from typing import Any

from rehearsal.cloud import registry

from .pipelines import Pipelines
from .structure import declaration


def register(pipelines: Pipelines) -> None:
    """Let CloudFormation make pipelines in `pipelines`, and record notification rules."""

    def create_pipeline(logical_id: str, properties: dict[str, Any], stack: str) -> registry.Created:
        name = properties.get("Name") or f"{stack}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
        if name in pipelines.names():
            raise ValueError(f"A pipeline with the name '{name}' already exists")
        return _put(pipelines, name, properties)

    def update_pipeline(
        physical_id: str, _old: dict[str, Any], new: dict[str, Any], stack: str
    ) -> registry.Created:
        if new.get("Name", physical_id) != physical_id:
            return create_pipeline("", new, stack)
        return _put(pipelines, physical_id, new)

    def delete_pipeline(physical_id: str, _properties: dict[str, Any]) -> None:
        pipelines.remove(physical_id)

    registry.register(
        "AWS::CodePipeline::Pipeline", create=create_pipeline, update=update_pipeline, delete=delete_pipeline
    )
    registry.register("AWS::CodeStarNotifications::NotificationRule", create=_rule, update=_same_rule)


def _put(pipelines: Pipelines, name: str, properties: dict[str, Any]) -> registry.Created:
    account, region = _scope()
    pipeline = pipelines.put(
        account=account,
        region=region,
        declaration=declaration(properties, name),
        restart_on_update=str(properties.get("RestartExecutionOnUpdate", "")).lower() == "true",
    )
    return name, {"Version": str(pipeline.version)}


def _rule(_logical_id: str, properties: dict[str, Any], _stack: str) -> registry.Created:
    """Recorded and not acted out: nothing is sent."""
    account, region = _scope()
    name = f"{properties['Name']}-{uuid.uuid4().hex}"
    arn = f"arn:aws:codestar-notifications:{region}:{account}:notificationrule/{name}"
    return arn, {"Arn": arn}


def _same_rule(physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack: str) -> registry.Created:
    return physical_id, {"Arn": physical_id}


def _scope() -> tuple[str, str]:
    """Account and Region of the stack that is being deployed."""
    from ministack.core.responses import get_account_id, get_region

    return get_account_id(), get_region()
