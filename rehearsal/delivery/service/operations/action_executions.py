"""ListActionExecutions."""

from typing import Any

from ...state import ActionState, Execution
from ..call import Call
from ..pages import page
from . import outcomes

_MOST_ACTIONS = 100


def list_all(call: Call) -> dict[str, Any]:
    """ListActionExecutions: what ran or runs, the newest first."""
    pipeline = call.pipeline(call.parameters["pipelineName"])
    asked = call.parameters.get("filter", {})
    only = asked.get("pipelineExecutionId") or asked.get("latestInPipelineExecution", {}).get(
        "pipelineExecutionId"
    )
    executions = [call.execution(pipeline, only)] if only else call.executions(pipeline)
    ran = [
        (execution, stage.name, action)
        for execution in executions
        for stage in execution.stages
        for action in stage.actions
        if action.status
    ]
    ran.sort(key=lambda one: one[2].started or 0, reverse=True)
    found, token = page(
        call, ran, key=lambda one: outcomes.action_execution_id(one[0], one[2]), longest=_MOST_ACTIONS
    )
    return {"actionExecutionDetails": [_detail(*one) for one in found], "nextToken": token}


def _detail(execution: Execution, stage_name: str, state: ActionState) -> dict[str, Any]:
    return {
        "pipelineExecutionId": execution.id,
        "actionExecutionId": outcomes.action_execution_id(execution, state),
        "pipelineVersion": execution.version,
        "stageName": stage_name,
        "actionName": state.name,
        "startTime": state.started,
        "lastUpdateTime": outcomes.changed(state),
        "status": state.status,
        "output": {
            "executionResult": {
                "externalExecutionId": state.external_id,
                "externalExecutionSummary": state.summary or None,
                "errorDetails": outcomes.error(state),
            },
        },
    }
