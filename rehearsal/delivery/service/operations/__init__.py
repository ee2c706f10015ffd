"""The operations of each service: a row is the model's name and the function that does it."""

from collections.abc import Mapping

from ..call import Operation
from . import action_executions, approvals, executions, pipelines, stage_states

PIPELINES: Mapping[str, Operation] = {
    "GetPipeline": pipelines.get,
    "ListPipelines": pipelines.list_all,
    "GetPipelineState": stage_states.get,
    "StartPipelineExecution": executions.start,
    "GetPipelineExecution": executions.get,
    "ListPipelineExecutions": executions.list_all,
    "ListActionExecutions": action_executions.list_all,
    "PutApprovalResult": approvals.put_result,
}

BUILDS: Mapping[str, Operation] = {}
