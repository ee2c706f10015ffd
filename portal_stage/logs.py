"""Log groups: encrypted, kept for days, and gone with their stack."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

_RETENTION = {7: logs.RetentionDays.ONE_WEEK, 14: logs.RetentionDays.TWO_WEEKS}


def log_group(scope: Construct, id_: str, *, name: str, key: kms.IKey, days: int) -> logs.LogGroup:
    """The log group `name`, written down in the template so that no service makes one that never expires."""
    return logs.LogGroup(
        scope,
        id_,
        log_group_name=name,
        encryption_key=key,
        retention=_RETENTION[days],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def let_write(group: logs.LogGroup, *statements: iam.PolicyStatement) -> None:
    """Let services of AWS write into the group, by statements without resources: a policy of its own names the group.

    An account has room for ten `AWS::Logs::ResourcePolicy` in a Region, which do not grow on request; a group's own
    policy is not one of them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    """
    cfn_group = group.node.default_child
    assert isinstance(cfn_group, logs.CfnLogGroup)  # noqa: S101 - for the type checker
    stack = cdk.Stack.of(group)
    # Spelt out: a reference of the group to itself would be a circle.
    arn = f"arn:aws:logs:{stack.region}:{stack.account}:log-group:{cfn_group.log_group_name}:*"
    for statement in statements:
        statement.add_resources(arn)
    cfn_group.resource_policy_document = iam.PolicyDocument(statements=list(statements)).to_json()


def keep_from_recreating(role: iam.Role, group: logs.ILogGroup) -> None:
    """Deny a role to which CDK gives logs:CreateLogGroup by pattern to create `group` again after its deletion."""
    arn = cdk.Stack.of(group).format_arn(
        service="logs",
        resource="log-group",
        resource_name=group.log_group_name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    role.add_to_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY, actions=["logs:CreateLogGroup"], resources=[arn, group.log_group_arn]
        )
    )
