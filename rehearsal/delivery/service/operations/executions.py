"""StartPipelineExecution, GetPipelineExecution, ListPipelineExecutions."""

from typing import Any

from ...state import Execution
from ..call import Call
from ..pages import page
from . import console

_MOST_EXECUTIONS = 100


def start(call: Call) -> dict[str, Any]:
    """StartPipelineExecution: of the branch's newest commit."""
    pipeline = call.pipeline(call.parameters["name"])
    return {"pipelineExecutionId": call.engine.start_pipeline_execution(pipeline.name)}


def get(call: Call) -> dict[str, Any]:
    """GetPipelineExecution."""
    pipeline = call.pipeline(call.parameters["pipelineName"])
    execution = call.execution(pipeline, call.parameters["pipelineExecutionId"])
    revisions = [
        {
            "name": source.outputs[0],
            "revisionId": execution.revision,
            "revisionSummary": execution.message or None,
            "created": execution.started,
            "revisionUrl": console.commit(source, execution.revision),
        }
        for source in pipeline.structure.stages[0].actions
        if source.outputs and execution.revision
    ]
    return {
        "pipelineExecution": {
            "pipelineName": pipeline.name,
            "pipelineVersion": execution.version,
            "pipelineExecutionId": execution.id,
            "status": execution.status,
            "artifactRevisions": revisions,
            "trigger": {"triggerType": execution.trigger},
            "executionMode": pipeline.structure.mode,
            "executionType": "STANDARD",
        }
    }


def list_all(call: Call) -> dict[str, Any]:
    """ListPipelineExecutions: the newest first."""
    pipeline = call.pipeline(call.parameters["pipelineName"])
    succeeded_in = call.parameters.get("filter", {}).get("succeededInStage", {}).get("stageName")
    executions = [e for e in call.executions(pipeline) if not succeeded_in or _succeeded(e, succeeded_in)]
    found, token = page(call, executions, key=lambda execution: execution.id, longest=_MOST_EXECUTIONS)
    rows = [
        {
            "pipelineExecutionId": execution.id,
            "status": execution.status,
            "startTime": execution.started,
            "lastUpdateTime": _updated(execution),
            "sourceRevisions": [
                {
                    "actionName": source.name,
                    "revisionId": execution.revision,
                    "revisionSummary": execution.message or None,
                    "revisionUrl": console.commit(source, execution.revision),
                }
                for source in pipeline.structure.stages[0].actions
                if execution.revision
            ],
            "trigger": {"triggerType": execution.trigger},
            "executionMode": pipeline.structure.mode,
            "executionType": "STANDARD",
        }
        for execution in found
    ]
    return {"pipelineExecutionSummaries": rows, "nextToken": token}


def _succeeded(execution: Execution, stage_name: str) -> bool:
    return any(stage.name == stage_name and stage.status == "Succeeded" for stage in execution.stages)


def _updated(execution: Execution) -> float:
    """When something last happened in the execution."""
    times = [execution.started, execution.ended]
    for stage in execution.stages:
        times += [stage.started, stage.ended]
        times += [time for action in stage.actions for time in (action.started, action.ended)]
    return max(time for time in times if time is not None)
