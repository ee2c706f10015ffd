"""The delivery service: executes the CodePipeline and the CodeBuild projects that are deployed in the cloud."""

from .approvals import PendingApproval
from .builds import BuildPhase, BuildState
from .engine import Engine, Source
from .errors import (
    ActionNotFoundError,
    ApprovalAlreadyCompletedError,
    DeliveryError,
    DuplicatedStopRequestError,
    ExecutionNotFoundError,
    ExecutionNotStoppableError,
    InvalidApprovalTokenError,
    InvalidInputError,
    InvalidStructureError,
    NotLatestExecutionError,
    PipelineNotFoundError,
    PipelineVersionNotFoundError,
    ResourceNotFoundError,
    StageNotFoundError,
    StageNotRetryableError,
    TooManyExecutionsError,
    TooManyTagsError,
)
from .state import ActionExecution, ActionState, Execution, OutputArtifact, StageState
from .transitions import StageView, Transition

__all__ = [
    "ActionExecution",
    "ActionNotFoundError",
    "ActionState",
    "ApprovalAlreadyCompletedError",
    "BuildPhase",
    "BuildState",
    "DeliveryError",
    "DuplicatedStopRequestError",
    "Engine",
    "Execution",
    "ExecutionNotFoundError",
    "ExecutionNotStoppableError",
    "InvalidApprovalTokenError",
    "InvalidInputError",
    "InvalidStructureError",
    "NotLatestExecutionError",
    "OutputArtifact",
    "PendingApproval",
    "PipelineNotFoundError",
    "PipelineVersionNotFoundError",
    "ResourceNotFoundError",
    "Source",
    "StageNotFoundError",
    "StageNotRetryableError",
    "StageState",
    "StageView",
    "TooManyExecutionsError",
    "TooManyTagsError",
    "Transition",
]
