"""GetPipelineState: for each stage who is in it, who waits in front of it, and what its actions did last."""

from collections.abc import Sequence
from typing import Any

from ...pipelines import DeployedPipeline
from ...state import ENDED, ActionState, Execution, StageState
from ...structure import Action, Stage
from ..call import Call
from . import console, outcomes


def get(call: Call) -> dict[str, Any]:
    """GetPipelineState, by the pipeline's structure as it is now."""
    pipeline = call.pipeline(call.parameters["name"])
    executions = call.executions(pipeline)
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.version,
        "stageStates": [_stage(pipeline, stage, executions) for stage in pipeline.structure.stages],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _stage(pipeline: DeployedPipeline, stage: Stage, executions: Sequence[Execution]) -> dict[str, Any]:
    seen = [(e, state) for e in executions for state in e.stages if state.name == stage.name]
    entered = [(e, state) for e, state in seen if state.status and state.started]
    latest = max(entered, key=lambda one: one[1].started or 0, default=None)
    inbound = [_standing(e, "InProgress") for e in executions[::-1] if _waits(e, stage.name)]
    return {
        "stageName": stage.name,
        "inboundExecution": inbound[0] if inbound else None,
        "inboundExecutions": inbound,
        "inboundTransitionState": {"enabled": True},
        "actionStates": [
            _action(pipeline, action, _latest(action, seen)) for batch in stage.batches() for action in batch
        ],
        "latestExecution": _standing(latest[0], latest[1].status) if latest else None,
    }


def _standing(execution: Execution, status: str | None) -> dict[str, Any]:
    return {"pipelineExecutionId": execution.id, "status": status, "type": "STANDARD"}


def _waits(execution: Execution, stage_name: str) -> bool:
    """Whether it stands in front of the stage: it is through all stages before, and has not entered this one."""
    if execution.status in ENDED:
        return False
    for stage in execution.stages:
        if stage.name == stage_name:
            return stage.status is None
        if stage.status != "Succeeded":
            return False
    return False


def _latest(
    action: Action, seen: Sequence[tuple[Execution, StageState]]
) -> tuple[Execution, ActionState] | None:
    """The action as it ran last, in whichever execution that was."""
    ran = [(e, state) for e, stage in seen for state in stage.actions if state.name == action.name]
    ran = [(e, state) for e, state in ran if state.status]
    return max(ran, key=lambda one: one[1].started or 0, default=None)


def _action(
    pipeline: DeployedPipeline, action: Action, latest: tuple[Execution, ActionState] | None
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "actionName": action.name,
        "entityUrl": console.entity(action, pipeline.region),
    }
    if latest is None:
        return shown
    execution, state = latest
    shown["latestExecution"] = {
        "actionExecutionId": outcomes.action_execution_id(execution, state),
        "status": state.status,
        "summary": state.summary or None,
        "lastStatusChange": outcomes.changed(state),
        "token": state.token,
        "externalExecutionId": state.external_id,
        "errorDetails": outcomes.error(state),
    }
    if action.category == "Source" and execution.revision:
        shown["revisionUrl"] = console.commit(action, execution.revision)
        if state.status == "Succeeded":
            shown["currentRevision"] = {
                "revisionId": execution.revision,
                "revisionChangeId": execution.revision,
                "created": outcomes.changed(state),
            }
    return shown
