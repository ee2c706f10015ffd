"""CloudFormation: the role that a stack is to be deployed with must be one that the caller may pass on."""

from collections.abc import Callable
from typing import Any

from ..auth import CLOUDFORMATION, NotTrusted, check_trust, refusal_of_caller

_TAKE_A_ROLE = ("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet")

Handler = Callable[[dict[str, Any]], Any]


def apply() -> None:
    """Lets these operations look at their RoleARN, which the emulator reads past."""
    from ministack.services import cloudformation

    handlers = cloudformation._ACTION_HANDLERS
    for action in _TAKE_A_ROLE:
        handlers[action] = _checked(handlers[action])


def _checked(handle: Handler) -> Handler:
    def checked(params: dict[str, Any]) -> Any:
        from ministack.services.cloudformation.helpers import _error, _p

        role = _p(params, "RoleARN")
        if role:
            if reason := refusal_of_caller(
                "iam:PassRole", role, keys={"iam:PassedToService": CLOUDFORMATION}
            ):
                return _error("AccessDenied", reason, 403)
            try:
                check_trust(role, service=CLOUDFORMATION)
            except NotTrusted:
                return _error("ValidationError", f"Role {role} is invalid or cannot be assumed")
        return handle(params)

    return checked
