"""ListActionExecutions."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import PipelineVersionNotFoundError
from ...state import ActionExecution
from ..call import Call
from ..pages import page
from . import outcomes

_MOST_ACTIONS = 100
_Declared = Mapping[tuple[str, str], Mapping[str, Any]]


def list_all(call: Call) -> dict[str, Any]:
    """ListActionExecutions: what ran or runs, the newest first."""
    pipeline = call.pipeline(call.parameters["pipelineName"])
    ran = _asked_for(call, pipeline.name)
    found, token = page(call, ran, key=lambda one: str(one.action.id), longest=_MOST_ACTIONS)
    declared = {
        version: _declared(call, pipeline.name, version) for version in {one.version for one in found}
    }
    details = [_detail(one, declared[one.version], call.region) for one in found]
    return {"actionExecutionDetails": details, "nextToken": token}


def _asked_for(call: Call, pipeline: str) -> Sequence[ActionExecution]:
    asked = call.parameters.get("filter", {})
    latest = asked.get("latestInPipelineExecution")
    only = latest["pipelineExecutionId"] if latest else asked.get("pipelineExecutionId")
    ran = call.engine.list_action_executions(pipeline, only)
    if latest and latest["startTimeRange"] == "Latest":
        last: dict[tuple[str, str], ActionExecution] = {}
        for one in ran:  # newest first
            last.setdefault((one.stage, one.action.name), one)
        return list(last.values())
    return ran


def _declared(call: Call, pipeline: str, version: int) -> _Declared:
    """The actions of a version of the pipeline by stage and name; none if it is not known any more."""
    try:
        stages = call.engine.get_pipeline(pipeline, version).declaration["stages"]
    except PipelineVersionNotFoundError:
        return {}
    return {(stage["name"], action["name"]): action for stage in stages for action in stage["actions"]}


def _detail(one: ActionExecution, declared: _Declared, region: str) -> dict[str, Any]:
    state, action = one.action, declared.get((one.stage, one.action.name))
    return {
        "pipelineExecutionId": one.execution_id,
        "actionExecutionId": state.id,
        "pipelineVersion": one.version,
        "stageName": one.stage,
        "actionName": state.name,
        "startTime": state.started,
        "lastUpdateTime": outcomes.changed(state),
        "updatedBy": state.updated_by,
        "status": state.status,
        "input": _input(action, state.configuration, region) if action else None,
        "output": {
            "outputArtifacts": [{"name": artifact.name} for artifact in state.artifacts],
            "executionResult": {
                "externalExecutionId": state.external_id,
                "externalExecutionSummary": state.summary or None,
                "externalExecutionUrl": state.url or None,
                "errorDetails": outcomes.error(state),
            },
            "outputVariables": state.variables,
        },
    }


def _input(action: Mapping[str, Any], resolved: Mapping[str, str], region: str) -> dict[str, Any]:
    return {
        "actionTypeId": action["actionTypeId"],
        "configuration": action.get("configuration", {}),
        "resolvedConfiguration": resolved,
        "roleArn": action.get("roleArn"),
        "region": action.get("region", region),
        "inputArtifacts": [{"name": artifact["name"]} for artifact in action.get("inputArtifacts", [])],
        "namespace": action.get("namespace"),
    }
