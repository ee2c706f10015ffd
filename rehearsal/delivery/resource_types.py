"""The CloudFormation types of the delivery service, which the emulator lacks."""

import uuid
from typing import Any

from rehearsal.cloud import registry

from .pipelines import Pipelines, pipeline_arn
from .structure import declaration
from .tags import Tags
from .transitions import Transitions

_DISABLED = "DisableInboundStageTransitions"


def register(pipelines: Pipelines, transitions: Transitions, tags: Tags) -> None:
    """Let CloudFormation make pipelines with their transitions and tags, and record notification rules."""

    def put(name: str, old: dict[str, Any], new: dict[str, Any]) -> registry.Created:
        account, region = _scope()
        declared = declaration(new, name)
        # What an operator has disabled since, or tagged, is left alone unless the template says otherwise.
        if old.get(_DISABLED) != new.get(_DISABLED):
            disabled = {t["StageName"]: t.get("Reason", "") for t in new.get(_DISABLED, [])}
            transitions.declare(name, disabled)
        if old.get("Tags") != new.get("Tags"):
            kept = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
            tags.set(pipeline_arn(account, region, name), kept)
        pipeline = pipelines.put(
            account=account,
            region=region,
            declaration=declared,
            restart_on_update=str(new.get("RestartExecutionOnUpdate", "")).lower() == "true",
        )
        return name, {"Version": str(pipeline.version)}

    def create_pipeline(logical_id: str, properties: dict[str, Any], stack: str) -> registry.Created:
        name = properties.get("Name") or f"{stack}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
        if pipelines.is_taken(name):
            raise ValueError(f"A pipeline with the name '{name}' already exists")
        return put(name, {}, properties)

    def update_pipeline(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str
    ) -> registry.Created:
        if new.get("Name", physical_id) != physical_id:
            return create_pipeline("", new, stack)
        return put(physical_id, old, new)

    def delete_pipeline(physical_id: str, _properties: dict[str, Any]) -> None:
        pipelines.remove(physical_id)

    registry.register(
        "AWS::CodePipeline::Pipeline", create=create_pipeline, update=update_pipeline, delete=delete_pipeline
    )
    registry.register("AWS::CodeStarNotifications::NotificationRule", create=_rule, update=_same_rule)


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
