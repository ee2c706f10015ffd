"""CloudFormation: the role that a stack is deployed with must be one that the caller may pass on, and stays its own."""

from collections.abc import Callable
from typing import Any

from ..auth import CLOUDFORMATION, NotTrusted, check_trust, refusal_of_caller

_OF_STACKS = ("CreateStack", "UpdateStack", "DeleteStack")

Parameters = dict[str, Any]
Handler = Callable[[Parameters], Any]


def apply() -> None:
    """Lets these operations look at their RoleARN, which the emulator reads past."""
    from ministack.services import cloudformation

    handlers = cloudformation._ACTION_HANDLERS
    for action in _OF_STACKS:
        handlers[action] = _checked(handlers[action], _stack)
    handlers["CreateChangeSet"] = _checked(handlers["CreateChangeSet"], _change_set)
    handlers["ExecuteChangeSet"] = _handing_over(handlers["ExecuteChangeSet"])


def _checked(handle: Handler, of: Callable[[Parameters], Parameters]) -> Handler:
    """`of` finds the stack or the change set that keeps the role."""

    def checked(params: Parameters) -> Any:
        from ministack.services.cloudformation.helpers import _error, _p

        role = _p(params, "RoleARN")
        if not role:
            return handle(params)
        if reason := refusal_of_caller("iam:PassRole", role, keys={"iam:PassedToService": CLOUDFORMATION}):
            return _error("AccessDenied", reason, 403)
        try:
            check_trust(role, service=CLOUDFORMATION)
        except NotTrusted:
            return _error("ValidationError", f"Role {role} is invalid or cannot be assumed")
        answer = handle(params)
        if answer[0] == 200:  # what was asked for begins when the event loop gets round to it
            of(params)["RoleARN"] = role
        return answer

    return checked


def _handing_over(execute: Handler) -> Handler:
    """A stack is deployed with its change set's role; with its former one, if the change set has none."""

    def executed(params: Parameters) -> Any:
        change_set = _change_set(params)
        if role := change_set.get("RoleARN"):
            _stack(change_set)["RoleARN"] = role
        return execute(params)

    return executed


def _stack(params: Parameters) -> Parameters:
    from ministack.services.cloudformation.handlers import _resolve_stack
    from ministack.services.cloudformation.helpers import _p

    found: Parameters = _resolve_stack(_p(params, "StackName")) or {}
    return found


def _change_set(params: Parameters) -> Parameters:
    from ministack.services.cloudformation.changesets import _find_change_set
    from ministack.services.cloudformation.helpers import _p

    _, found = _find_change_set(_p(params, "ChangeSetName"), _p(params, "StackName"))
    return found or {}
