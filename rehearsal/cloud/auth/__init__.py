"""Who may do what: roles as services take them, and decisions by the emulator's own evaluator of policies."""

from .decisions import caller_key, refusal, refusal_of_caller
from .execution import refusal_of_resource
from .handlers import Verb
from .roles import (
    CLOUDFORMATION,
    CODEBUILD,
    CODEPIPELINE,
    ECS_TASKS,
    LAMBDA,
    NotTrusted,
    assumed,
    check_trust,
)

__all__ = [
    "CLOUDFORMATION",
    "CODEBUILD",
    "CODEPIPELINE",
    "ECS_TASKS",
    "LAMBDA",
    "NotTrusted",
    "Verb",
    "assumed",
    "caller_key",
    "check_trust",
    "refusal",
    "refusal_of_caller",
    "refusal_of_resource",
]
