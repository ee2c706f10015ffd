"""Logs of functions: Lambda writes them as the function's role, and a little late, as on AWS.

Lambda creates a missing log group where the role may, and delivers asynchronously: the lines of the last invocation can
arrive after the stack has deleted the group, which then comes back without retention and key, and the next deployment
meets "already exists" (aws-cdk #31487, #11549, #24815). The emulator writes whatever the role allows, and at once.
"""

import time
from dataclasses import dataclass
from typing import Any

from ..auth import refusal
from ..here import current_account
from ..registry import Properties

_LATE_SECONDS = 60
"""How long after an invocation its lines may still arrive: a minute, of which AWS gives no figure."""


@dataclass(frozen=True)
class _Late:
    """The last lines that a function wrote to a group."""

    written: float
    arguments: tuple[Any, ...]


_late: dict[tuple[str, str], _Late] = {}
"""By account and log group: only of functions whose role may create the group."""


def apply(emulated: dict[str, Any]) -> None:
    """Put it in place, and refuse a log group whose name is taken, which the emulator empties."""
    _write_as_the_role()
    _refuse_a_taken_name(emulated)


def _write_as_the_role() -> None:
    from ministack.services import cloudwatch_logs, lambda_svc

    emit, delete = lambda_svc._emit_lambda_logs, cloudwatch_logs._delete_log_group

    def emit_lambda_logs(function: dict[str, Any], *lines: Any, **more: Any) -> None:
        config = function.get("config") or function
        group = _group_of(config)
        if not _may(config, group, "logs:CreateLogStream", "logs:PutLogEvents"):
            return
        creates = _may(config, group, "logs:CreateLogGroup")
        if creates:
            _late[current_account(), group] = _Late(time.monotonic(), (function, *lines))
        if creates or group in cloudwatch_logs._log_groups:
            emit(function, *lines, **more)

    def delete_log_group(asked: dict[str, Any]) -> Any:
        answer = delete(asked)
        late = _late.pop((current_account(), str(asked.get("logGroupName"))), None)
        if late and time.monotonic() - late.written < _LATE_SECONDS:
            emit(*late.arguments)
        return answer

    lambda_svc._emit_lambda_logs = emit_lambda_logs
    cloudwatch_logs._delete_log_group = delete_log_group


def _group_of(config: dict[str, Any]) -> str:
    named = (config.get("LoggingConfig") or {}).get("LogGroup")
    return str(named or f"/aws/lambda/{config['FunctionName']}")


def _may(config: dict[str, Any], group: str, *actions: str) -> bool:
    from ministack.core.responses import get_region

    resource = f"arn:aws:logs:{get_region()}:{current_account()}:log-group:{group}:log-stream:"
    return not any(
        refusal(config["Role"], action, resource, session=config["FunctionName"]) for action in actions
    )


def _refuse_a_taken_name(emulated: dict[str, Any]) -> None:
    from ministack.services import cloudwatch_logs

    handler = emulated["AWS::Logs::LogGroup"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Any:
        name = properties.get("LogGroupName")
        if name in cloudwatch_logs._log_groups:
            raise ValueError(
                f"Resource of type 'AWS::Logs::LogGroup' with identifier '{name}' already exists."
            )
        return handler["create"](logical_id, properties, stack_name)

    emulated["AWS::Logs::LogGroup"] = {**handler, "create": create}
