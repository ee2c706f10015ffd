"""API Gateway."""

from __future__ import annotations

from collections.abc import Iterator

from ..values import listed
from ..views import Change, Found, Properties


def stage_logs_have_a_role(change: Change) -> Iterator[Found]:
    """A REST stage that logs to CloudWatch needs the account's role for it, set once per account and Region."""
    if change.account.gateway_logs:
        return
    setting = [
        logical_id
        for logical_id, properties in change.template.properties("AWS::ApiGateway::Account")
        if properties.get("CloudWatchRoleArn")
    ]
    for logical_id, properties in change.template.properties("AWS::ApiGateway::Stage"):
        if _logs(properties) and not any(
            change.template.is_after(logical_id, account) for account in setting
        ):
            yield (
                logical_id,
                f"it logs, and account {change.account.id} has set no role for API Gateway's logs",
            )


def _logs(stage: Properties) -> bool:
    levels = [setting.get("LoggingLevel", "OFF") for setting in listed(stage.get("MethodSettings"))]
    access_log = str(stage.get("AccessLogSetting", {}).get("DestinationArn", ""))
    # API Gateway writes to Firehose with its service-linked role.
    return (access_log != "" and ":firehose:" not in access_log) or any(level != "OFF" for level in levels)
