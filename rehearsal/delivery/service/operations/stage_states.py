"""GetPipelineState: for each stage who is in it, who waits in front of it, and what its actions did last."""

from typing import Any

from ...pipelines import DeployedPipeline
from ...state import ActionExecution
from ...structure import Action, Stage
from ...transitions import StageView, Transition
from ..call import Call
from . import console, outcomes

_Latest = dict[tuple[str, str], ActionExecution]


def get(call: Call) -> dict[str, Any]:
    """GetPipelineState, by the pipeline's structure as it is now."""
    pipeline = call.pipeline(call.parameters["name"])
    views = {view.name: view for view in call.engine.get_pipeline_state(pipeline.name)}
    latest: _Latest = {}
    for ran in call.engine.list_action_executions(pipeline.name):
        latest.setdefault((ran.stage, ran.action.name), ran)  # they come newest first
    stages = [stage for stage in pipeline.structure.stages if stage.name in views]
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.version,
        "stageStates": [_stage(pipeline, stage, views[stage.name], latest) for stage in stages],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _stage(pipeline: DeployedPipeline, stage: Stage, view: StageView, latest: _Latest) -> dict[str, Any]:
    inbound = [_standing(execution_id, "InProgress") for execution_id in view.waiting]
    actions = [action for batch in stage.batches() for action in batch]
    status = view.latest.stage(stage.name).status if view.latest else None
    return {
        "stageName": stage.name,
        "inboundExecution": inbound[0] if inbound else None,
        "inboundExecutions": inbound,
        "inboundTransitionState": _transition(view.inbound),
        "actionStates": [_action(pipeline, a, latest.get((stage.name, a.name))) for a in actions],
        "latestExecution": _standing(view.latest.id, status) if view.latest and status else None,
    }


def _standing(execution_id: str, status: str) -> dict[str, Any]:
    return {"pipelineExecutionId": execution_id, "status": status, "type": "STANDARD"}


def _transition(way: Transition) -> dict[str, Any]:
    return {
        "enabled": way.enabled,
        "disabledReason": None if way.enabled else way.reason,
        "lastChangedAt": way.changed,
        "lastChangedBy": way.changed_by,
    }


def _action(pipeline: DeployedPipeline, action: Action, latest: ActionExecution | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "actionName": action.name,
        "entityUrl": console.entity(action, pipeline.region),
    }
    if latest is None:
        return shown
    state = latest.action
    shown["latestExecution"] = {
        "actionExecutionId": state.id,
        "status": state.status,
        "summary": state.summary or None,
        "lastStatusChange": outcomes.changed(state),
        "token": state.token,
        "lastUpdatedBy": state.updated_by,
        "externalExecutionId": state.external_id,
        "externalExecutionUrl": state.url or None,
        "errorDetails": outcomes.error(state),
    }
    commit = state.external_id
    if action.category == "Source" and state.status == "Succeeded" and commit:
        shown["revisionUrl"] = console.commit(action, commit)
        shown["currentRevision"] = {
            "revisionId": commit,
            "revisionChangeId": commit,
            "created": outcomes.changed(state),
        }
    return shown
