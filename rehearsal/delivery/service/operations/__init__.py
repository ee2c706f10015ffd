"""The operations of each service: a row is the model's name and the function that does it."""

from collections.abc import Mapping

from ..call import Operation
from . import action_executions, approvals, builds, executions, pipelines, stage_states, tags, transitions

PIPELINES: Mapping[str, Operation] = {
    "GetPipeline": pipelines.get,
    "ListPipelines": pipelines.list_all,
    "UpdatePipeline": pipelines.update,
    "GetPipelineState": stage_states.get,
    "StartPipelineExecution": executions.start,
    "StopPipelineExecution": executions.stop,
    "RetryStageExecution": executions.retry_stage,
    "GetPipelineExecution": executions.get,
    "ListPipelineExecutions": executions.list_all,
    "ListActionExecutions": action_executions.list_all,
    "PutApprovalResult": approvals.put_result,
    "EnableStageTransition": transitions.enable,
    "DisableStageTransition": transitions.disable,
    "ListTagsForResource": tags.list_all,
    "TagResource": tags.put,
    "UntagResource": tags.remove,
}

BUILDS: Mapping[str, Operation] = {
    "StartBuild": builds.start,
    "StopBuild": builds.stop,
    "BatchGetBuilds": builds.get_many,
    "ListBuilds": builds.list_all,
    "ListBuildsForProject": builds.list_of_project,
}
