"""Events of AWS that an alarm counts: a rule each, and a log group that keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.logs import let_write, log_group
from portal_stage.metric import metric


@dataclass(frozen=True)
class Counted:
    """One rule. Its construct's id is its own, for a physical name that moves to another id is taken."""

    id: str
    name: str
    pattern: Mapping[str, Any]
    description: str

    def matched(self, *, period: cdk.Duration) -> cloudwatch.Metric:
        """How often it matched an event."""
        return metric("AWS/Events", "TriggeredRules", {"RuleName": self.name}, "Sum", period=period)


class CountedEvents(Construct):
    """What the rules match is kept in one log group, into which they alone write."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        log_group_name: str,
        key: kms.IKey,
        log_days: int,
        rules: Sequence[Counted],
    ) -> None:
        super().__init__(scope, id_)
        stack = cdk.Stack.of(self)
        group = log_group(self, "Logs", name=log_group_name, key=key, days=log_days)
        rule_arns = [
            stack.format_arn(service="events", resource="rule", resource_name=rule.name) for rule in rules
        ]
        let_write(group, *_of_rules(rule_arns))
        # The rule's target is the group's ARN without the `:*` of its streams.
        target = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        for rule in rules:
            events.CfnRule(
                self,
                rule.id,
                name=rule.name,
                description=rule.description,
                event_pattern=dict(rule.pattern),
                targets=[events.CfnRule.TargetProperty(id="logs", arn=target)],
            )


def _of_rules(rule_arns: Sequence[str]) -> list[iam.PolicyStatement]:
    """EventBridge, for these rules; the stream it makes beforehand carries no rule."""
    principals: list[iam.IPrincipal] = [
        iam.ServicePrincipal("events.amazonaws.com"),
        iam.ServicePrincipal("delivery.logs.amazonaws.com"),
    ]
    return [
        iam.PolicyStatement(actions=["logs:CreateLogStream"], principals=principals),
        iam.PolicyStatement(
            actions=["logs:PutLogEvents"],
            principals=principals,
            conditions={"ArnEquals": {"aws:SourceArn": list(rule_arns)}},
        ),
    ]
