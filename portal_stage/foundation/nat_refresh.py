"""New images for the NAT instances: one zone a night, by EventBridge Scheduler."""

from __future__ import annotations

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.names import Names

# Of the first zone, the second and the third: never two in a night, and a working day before and after each.
WEEKDAYS = ("TUE", "WED", "THU")
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
_TARGET = "arn:aws:scheduler:::aws-sdk:autoscaling:startInstanceRefresh"


class NatRefresh(Construct):
    """Each group is refreshed once a week, at `hour` UTC: its instance ends, then one of the newest image begins.

    Equal maximum lifetimes would end all of them in the same night.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, groups: Sequence[str], hour: int) -> None:
        super().__init__(scope, id_)
        role = self._may_refresh(names, groups)
        for number, (group, weekday) in enumerate(zip(groups, WEEKDAYS, strict=False), start=1):
            schedule = scheduler.CfnSchedule(
                self,
                f"Zone{number}",
                name=names(f"nat-{number}-refresh"),
                description="Replace the NAT instance of a zone by one of the newest image",
                schedule_expression=f"cron(0 {hour} ? * {weekday} *)",
                schedule_expression_timezone="UTC",
                flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
                target=scheduler.CfnSchedule.TargetProperty(
                    arn=_TARGET,
                    role_arn=role.role_arn,
                    # The interface is in use until the old instance is gone: none may stay while it is replaced.
                    input=json.dumps(
                        {
                            "AutoScalingGroupName": group,
                            "Preferences": {"MinHealthyPercentage": 0, "MaxHealthyPercentage": 100},
                        }
                    ),
                    # In the hour or next week: not while people work.
                    retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
                    ),
                ),
            )
            schedule.node.add_dependency(role)

    def _may_refresh(self, names: Names, groups: Sequence[str]) -> iam.Role:
        stack = cdk.Stack.of(self)
        role = iam.Role(
            self,
            "Role",
            role_name=names("nat-refresh"),
            description="EventBridge Scheduler replaces the NAT instances, one zone a night",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            ),
        )
        # The id in a group's ARN is made with the group; its name is ours.
        arns = [
            f"arn:aws:autoscaling:{stack.region}:{stack.account}:autoScalingGroup:*:autoScalingGroupName/{group}"
            for group in groups
        ]
        role.add_to_policy(iam.PolicyStatement(actions=["autoscaling:StartInstanceRefresh"], resources=arns))
        acknowledge(
            role,
            *(f"AwsSolutions::AwsSolutions-IAM5[Resource::{arn}]" for arn in arns),
            reason="Auto Scaling puts an id of its own before the name in a group's ARN; the name is whole.",
        )
        return role
