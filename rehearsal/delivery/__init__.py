"""The delivery service: executes the CodePipeline and the CodeBuild projects that are deployed in the cloud."""

from .approvals import PendingApproval
from .engine import Engine, Source
from .errors import (
    ActionNotFoundError,
    ApprovalAlreadyCompletedError,
    DeliveryError,
    InvalidApprovalTokenError,
    PipelineNotFoundError,
    StageNotFoundError,
)
from .state import ActionState, Execution, StageState

__all__ = [
    "ActionNotFoundError",
    "ActionState",
    "ApprovalAlreadyCompletedError",
    "DeliveryError",
    "Engine",
    "Execution",
    "InvalidApprovalTokenError",
    "PendingApproval",
    "PipelineNotFoundError",
    "Source",
    "StageNotFoundError",
    "StageState",
]
