"""API Gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..values import UNKNOWN
from ..views import Change, Found, Properties, Template


def stage_logs_have_a_role(change: Change) -> Iterator[Found]:
    """A REST stage that logs needs the account's role for it, which is set once per account and Region."""
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


def second_links_name_their_target(change: Change) -> Iterator[Found]:
    """A REST method behind a VPC link of the second kind names the balancer or listener that it leads to."""
    for logical_id, properties in change.template.properties("AWS::ApiGateway::Method"):
        integration = properties.get("Integration", {})
        if integration.get("IntegrationTarget") or integration.get("ConnectionType") != "VPC_LINK":
            continue
        link = _referred(change.template, integration.get("ConnectionId"))
        if link == "AWS::ApiGatewayV2::VpcLink":
            yield (
                logical_id,
                "its integration goes through a VPC link of the second kind without IntegrationTarget",
            )


def _logs(stage: Properties) -> bool:
    levels = [setting.get("LoggingLevel", "OFF") for setting in stage.get("MethodSettings", [])]
    return "AccessLogSetting" in stage or any(level != "OFF" for level in levels)


def _referred(template: Template, value: Any) -> str | None:
    """The type of the resource that a value refers to."""
    resource = template.resources.get(str(value)[2:-1].partition(".")[0])
    return resource.type if resource and UNKNOWN.fullmatch(str(value)) else None
