"""Failed deployments: ECS tells them as events, which a rule counts and a log group keeps."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.counted_events import Counted, CountedEvents
from portal_stage.metric import FIVE_MINUTES
from portal_stage.names import Names


class FailedDeployments(CountedEvents):
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
        failed = Counted(
            "Rule",
            names("failed-deployments"),
            {
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": list(services),
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            },
            "Deployments of the portal's services that ECS gave up",
        )
        name = names("/aws/events/deployments")
        super().__init__(scope, id_, log_group_name=name, key=key, log_days=log_days, rules=[failed])
        self.metric: cloudwatch.Metric = failed.matched(period=FIVE_MINUTES)
