"""What an account needs once, whatever runs in it; `pipeline/bootstrap.py` deploys it.

The one place whose names carry no suffix.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from portal_stage.acknowledgements import acknowledge

NAME = "account-baseline"


class AccountBaseline(cdk.Stack):
    """The role with which API Gateway writes logs: one per account and Region, and without it no stage may log."""

    def __init__(self, scope: Construct, id_: str, *, boundary: str | None = None) -> None:
        super().__init__(
            scope, id_, stack_name=NAME, description="Once per account: the role of API Gateway's logs"
        )
        role = iam.Role(
            self,
            "ApiGatewayLogs",
            role_name="api-gateway-logs",
            description="API Gateway writes access and execution logs",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        )
        policy = iam.Policy(
            self,
            "WriteLogs",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    # What API Gateway asks for; it refuses a role that lacks one of them.
                    actions=[
                        "logs:CreateLogGroup",
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                        "logs:GetLogEvents",
                        "logs:FilterLogEvents",
                    ],
                    resources=[f"arn:aws:logs:{self.region}:{self.account}:log-group:*"],
                )
            ],
        )
        acknowledge(
            policy,
            "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:logs:<AWS::Region>:<AWS::AccountId>:log-group:*]",
            reason="One role for the stages of every API of the account, which write into groups of many names; it "
            "ends at the account's log groups of this Region.",
        )
        acknowledge(
            policy,
            "PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy",
            reason="The policy belongs to this one role, is written down beside it and goes with it. A managed policy "
            "could be attached to others, and could outlive the role that it was reviewed for.",
        )
        apigateway.CfnAccount(self, "ApiGateway", cloud_watch_role_arn=role.role_arn).node.add_dependency(
            policy
        )
        if boundary:
            bounding = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", boundary)
            iam.PermissionsBoundary.of(self).apply(bounding)


def synthesize(folder: Path, *, boundary: str | None = None) -> None:
    """Write an assembly with the stack alone, for whichever account deploys it; `boundary`: ARN of its role's."""
    context = {"aws:cdk:disable-creation-stack-traces": True}
    app = cdk.App(analytics_reporting=False, context=context, outdir=str(folder))
    AccountBaseline(app, NAME, boundary=boundary)
    app.synth()
