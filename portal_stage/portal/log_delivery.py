"""Logs that AWS services deliver: CloudFront's requests, and the leave to write into our groups."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from portal_stage.logs import log_group
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


class LogDeliveryPolicy(logs.CfnResourcePolicy):
    """Lets AWS's delivery service write into these groups, or it would add a policy that outlives us."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, groups: Sequence[logs.ILogGroup]) -> None:
        stack = cdk.Stack.of(scope)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [group.log_group_arn for group in groups],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{stack.region}:{stack.account}:*"},
            },
        }
        super().__init__(
            scope,
            id_,
            policy_name=names("log-delivery"),
            policy_document=stack.to_json_string({"Version": "2012-10-17", "Statement": [statement]}),
        )
