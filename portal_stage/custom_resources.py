"""The Lambda functions that CDK adds for its custom resources, brought under the house's rules."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

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
        logs = log_group(stack, f"{kind}-logs", name=names(f"/aws/lambda/{kind}"), key=key, days=log_days)
        function.add_property_override("FunctionName", names(kind))
        function.add_property_override("LoggingConfig", {"LogGroup": logs.log_group_name})
