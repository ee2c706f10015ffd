"""The one customer-managed key of an environment."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.names import Names


class EnvironmentKey(kms.Key):
    """Rotates yearly, encrypts whatever the environment keeps, and is gone seven days after the environment."""

    def __init__(self, scope: Construct, id_: str, *, names: Names) -> None:
        super().__init__(
            scope,
            id_,
            alias=names("alias/portal"),
            description=f"Encrypts the data and logs of the portal's environment {names.suffix}",
            enable_key_rotation=True,
            pending_window=cdk.Duration.days(7),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._let_logs_encrypt()
        self._let_alarms_encrypt()

    def _let_logs_encrypt(self) -> None:
        """CloudWatch Logs, for this account's log groups only; written up front because a grant from another
        stack cannot change this policy."""
        stack = cdk.Stack.of(self)
        log_groups = f"arn:aws:logs:{stack.region}:{stack.account}:log-group:*"
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=[
                    "kms:Encrypt*",
                    "kms:Decrypt*",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
            )
        )

    def _let_alarms_encrypt(self) -> None:
        """CloudWatch, for what this account's alarms say to an encrypted topic."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
