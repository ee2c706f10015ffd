"""Logs that AWS services deliver: CloudFront's requests, and the leave to write into our groups."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from portal_stage.logs import let_write, log_group
from portal_stage.names import Names


class CdnLogs(Construct):
    """Every request that CloudFront answers, as a line of JSON (its "standard logging v2")."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        distribution: cloudfront.IDistribution,
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self.logs = log_group(self, "Logs", name=names("/aws/vendedlogs/cdn"), key=key, days=log_days)
        source = logs.CfnDeliverySource(
            self,
            "Source",
            name=names("cdn-logs"),
            resource_arn=distribution.distribution_arn,
            log_type="ACCESS_LOGS",
        )
        destination = logs.CfnDeliveryDestination(
            self,
            "Destination",
            name=names("cdn-logs"),
            destination_resource_arn=self.logs.log_group_arn,
            output_format="json",
        )
        self.delivery = logs.CfnDelivery(
            self,
            "Delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
        )
        self.delivery.add_resource_dependency(source)


def let_deliver(group: logs.LogGroup) -> None:
    """Let AWS's delivery service write into the group, or it would add a policy to the account that outlives us."""
    stack = cdk.Stack.of(group)
    let_write(
        group,
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{stack.region}:{stack.account}:*"},
            },
        ),
    )
