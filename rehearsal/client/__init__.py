"""The rehearsal seen from outside, by the AWS APIs alone: what the commands, the display and the summary read."""

from .endpoint import Endpoint, NotUpError, find
from .executions import Action, Execution, PendingApproval, Stage
from .pipeline import Pipeline

__all__ = [
    "Action",
    "Endpoint",
    "Execution",
    "NotUpError",
    "PendingApproval",
    "Pipeline",
    "Stage",
    "find",
]
