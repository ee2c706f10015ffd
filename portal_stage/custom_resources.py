"""The Lambda functions that CDK adds for its custom resources, brought under the house's rules."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import IConstruct

from portal_stage.logs import log_group
from portal_stage.names import Names

# CDK's id of the provider in its stack, and the name that its function gets here.
_PROVIDERS = {
    "Custom::VpcRestrictDefaultSGCustomResourceProvider": "restrict-default-sg",
    "Custom::S3AutoDeleteObjectsCustomResourceProvider": "auto-delete-objects",
    "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C256MiB": "bucket-deployment",
}


def adopt_providers(stack: cdk.Stack, *, names: Names, key: kms.IKey, log_days: int) -> None:
    """Give each provider of the stack a name, and a log group that expires and is deleted; call it last."""
    for id_, kind in _PROVIDERS.items():
        provider = stack.node.try_find_child(id_)
        if provider is None:
            continue
        function = provider.node.try_find_child("Handler") or provider.node.default_child
        assert isinstance(function, cdk.CfnResource)  # noqa: S101 - for the type checker
        group = log_group(stack, f"{kind}-logs", name=names(f"/aws/lambda/{kind}"), key=key, days=log_days)
        function.add_property_override("FunctionName", names(kind))
        function.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})
        _let_write_only(provider, group)


def _let_write_only(provider: IConstruct, group: logs.ILogGroup) -> None:
    """Take the right to create log groups from the provider's role, which CDK gives AWSLambdaBasicExecutionRole.

    CloudFormation invokes these functions during a delete, and Lambda delivers their last lines late: with that right
    the group comes back after its deletion, and the next deployment meets "already exists" (aws-cdk #31487, #11549,
    #24815).
    """
    write = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.log_group_arn]
    )
    if isinstance(provider, lambda_.Function):
        service_role = provider.node.find_child("ServiceRole").node.default_child
        assert isinstance(service_role, iam.CfnRole)  # noqa: S101 - for the type checker
        service_role.managed_policy_arns = None
        provider.add_to_role_policy(write)
    else:
        assert isinstance(provider, cdk.CustomResourceProviderBase)  # noqa: S101 - for the type checker
        role = provider.node.find_child("Role")
        assert isinstance(role, cdk.CfnResource)  # noqa: S101 - for the type checker
        role.add_property_deletion_override("ManagedPolicyArns")
        provider.add_to_role_policy(write.to_statement_json())
