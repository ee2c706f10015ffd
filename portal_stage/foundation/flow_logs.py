"""Who talked to whom: every connection of the VPC, admitted or refused, in a log group."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.logs import log_group
from portal_stage.names import Names


class FlowLogs(Construct):
    """Encrypted and kept for days; the service may write to this group and to no other."""

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, vpc: ec2.IVpc, key: kms.IKey, log_days: int
    ) -> None:
        super().__init__(scope, id_)
        group = log_group(self, "Group", name=names("/vpc/flow-logs"), key=key, days=log_days)
        role = iam.Role(
            self,
            "Role",
            role_name=names("flow-logs"),
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            ),
        )
        granted = group.grant(
            role,
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
        )
        # Not the L2, which lets the role pass itself on.
        flow_log = ec2.CfnFlowLog(
            self,
            "All",
            resource_id=vpc.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
            max_aggregation_interval=600,
        )
        granted.apply_before(flow_log)
