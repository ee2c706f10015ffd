"""Failed deployments: ECS tells them as events, which a rule counts and a log group keeps."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from portal_stage.logs import log_group
from portal_stage.metric import FIVE_MINUTES, metric
from portal_stage.names import Names


class FailedDeployments(Construct):
    """The deployments of the services that ECS gave up; `metric` counts them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        services: Sequence[str],
        key: kms.IKey,
        log_days: int,
    ) -> None:
        """`services`: their ARNs."""
        super().__init__(scope, id_)
        name = names("failed-deployments")
        group = log_group(self, "Logs", name=names("/aws/events/deployments"), key=key, days=log_days)
        stack = cdk.Stack.of(self)
        rule_arn = stack.format_arn(service="events", resource="rule", resource_name=name)
        policy = logs.CfnResourcePolicy(
            self,
            "Policy",
            policy_name=name,
            policy_document=stack.to_json_string(_let_write(group.log_group_arn, rule_arn).to_json()),
        )
        rule = events.CfnRule(
            self,
            "Rule",
            name=name,
            description="Deployments of the portal's services that ECS gave up",
            event_pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": list(services),
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            },
            # The rule's target is the group's ARN without the `:*` of its streams.
            targets=[
                events.CfnRule.TargetProperty(
                    id="logs",
                    arn=stack.format_arn(
                        service="logs",
                        resource="log-group",
                        resource_name=group.log_group_name,
                        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                    ),
                )
            ],
        )
        rule.add_resource_dependency(policy)
        self.metric: cloudwatch.Metric = metric(
            "AWS/Events", "TriggeredRules", {"RuleName": name}, "Sum", period=FIVE_MINUTES
        )


def _let_write(group_arn: str, rule_arn: str) -> iam.PolicyDocument:
    """EventBridge into this one group, for this one rule; the stream it makes beforehand carries no rule."""
    principals: list[iam.IPrincipal] = [
        iam.ServicePrincipal("events.amazonaws.com"),
        iam.ServicePrincipal("delivery.logs.amazonaws.com"),
    ]
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                actions=["logs:CreateLogStream"], principals=principals, resources=[group_arn]
            ),
            iam.PolicyStatement(
                actions=["logs:PutLogEvents"],
                principals=principals,
                resources=[group_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule_arn}},
            ),
        ]
    )
