"""StartPipelineExecution, StopPipelineExecution, RetryStageExecution, GetPipelineExecution, ListPipelineExecutions."""

from typing import Any

from ...errors import ActionFailed
from ...state import Execution
from ..call import Call
from ..errors import ConstraintError
from ..pages import page
from .revisions import asked_for, sources

_MOST_EXECUTIONS = 100


def start(call: Call) -> dict[str, Any]:
    """StartPipelineExecution: of the named commit, else of the branch's newest."""
    pipeline = call.pipeline(call.parameters["name"])
    variables = {v["name"]: v["value"] for v in call.parameters.get("variables", [])}
    try:
        execution_id = call.engine.start_pipeline_execution(
            pipeline.name,
            revision=asked_for(call, pipeline),
            variables=variables,
            request_token=call.parameters.get("clientRequestToken"),
        )
    except ActionFailed as error:  # the repository does not have the commit
        raise ConstraintError(str(error)) from error
    return {"pipelineExecutionId": execution_id}


def stop(call: Call) -> dict[str, Any]:
    """StopPipelineExecution: after the running actions, or with `abandon` at once."""
    asked = call.parameters
    pipeline = call.pipeline(asked["pipelineName"])
    execution = call.execution(pipeline, asked["pipelineExecutionId"], missing="ValidationException")
    call.engine.stop_pipeline_execution(
        pipeline.name, execution.id, abandon=asked.get("abandon", False), reason=asked.get("reason", "")
    )
    return {"pipelineExecutionId": execution.id}


def retry_stage(call: Call) -> dict[str, Any]:
    """RetryStageExecution: the execution goes on in the stage where it failed."""
    asked = call.parameters
    pipeline = call.pipeline(asked["pipelineName"])
    execution = call.execution(pipeline, asked["pipelineExecutionId"], missing="StageNotRetryableException")
    execution_id = call.engine.retry_stage_execution(
        pipeline.name, asked["stageName"], execution.id, asked["retryMode"]
    )
    return {"pipelineExecutionId": execution_id}


def get(call: Call) -> dict[str, Any]:
    """GetPipelineExecution."""
    pipeline = call.pipeline(call.parameters["pipelineName"])
    execution = call.execution(pipeline, call.parameters["pipelineExecutionId"])
    revisions = [
        {"name": source.outputs[0], "created": execution.started, **shown}
        for source, shown in sources(pipeline, execution)
        if source.outputs
    ]
    return {
        "pipelineExecution": {
            "pipelineName": pipeline.name,
            "pipelineVersion": execution.version,
            "artifactRevisions": revisions,
            "variables": [{"name": n, "resolvedValue": v} for n, v in execution.variables.items()],
            **_common(execution),
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
            "startTime": execution.started,
            "lastUpdateTime": _updated(execution),
            "sourceRevisions": [
                {"actionName": source.name, **shown} for source, shown in sources(pipeline, execution)
            ],
            "stopTrigger": {"reason": execution.summary} if _stopped(execution) else None,
            **_common(execution),
        }
        for execution in found
    ]
    return {"pipelineExecutionSummaries": rows, "nextToken": token}


def _common(execution: Execution) -> dict[str, Any]:
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "statusSummary": execution.summary,
        "trigger": {"triggerType": execution.trigger},
        "executionMode": execution.mode,
        "executionType": "STANDARD",
    }


def _stopped(execution: Execution) -> bool:
    return execution.status in ("Stopping", "Stopped") and bool(execution.summary)


def _succeeded(execution: Execution, stage_name: str) -> bool:
    return any(stage.name == stage_name and stage.status == "Succeeded" for stage in execution.stages)


def _updated(execution: Execution) -> float:
    """When something last happened in the execution."""
    times = [execution.started, execution.ended]
    for stage in execution.stages:
        times += [stage.started, stage.ended]
        times += [time for action in stage.actions for time in (action.started, action.ended)]
    return max(time for time in times if time is not None)
