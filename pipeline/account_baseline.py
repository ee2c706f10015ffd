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
from portal_stage.qualifier import KEY, configured_qualifier

NAME = "account-baseline"
GATEWAY_ROLE = "api-gateway-logs"
PLAN_READER = "plan-reader"
"""The role with which the pipeline's check reads what is deployed in the account."""


class AccountBaseline(cdk.Stack):
    """The role with which API Gateway writes logs, and the role with which the pipeline reads what is deployed.

    API Gateway has one per account and Region, and without it no stage may log; `gateway_logs=False` leaves the one
    that somebody else has set. `tools_account` is the pipeline's.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        tools_account: str,
        boundary: str | None = None,
        gateway_logs: bool = True,
    ) -> None:
        super().__init__(
            scope,
            id_,
            stack_name=NAME,
            description="Once per account: the roles of API Gateway's logs and of the pipeline's check",
        )
        if gateway_logs:
            self._let_api_gateway_log()
        self._let_the_pipeline_read(tools_account)
        if boundary:
            bounding = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", boundary)
            iam.PermissionsBoundary.of(self).apply(bounding)

    def _let_api_gateway_log(self) -> None:
        role = iam.Role(
            self,
            "ApiGatewayLogs",
            role_name=GATEWAY_ROLE,
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
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                        "logs:GetLogEvents",
                        "logs:FilterLogEvents",
                    ],
                    resources=[f"arn:aws:logs:{self.region}:{self.account}:log-group:*"],
                ),
                # It takes no resource:
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
                iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=["*"]),
            ],
        )
        acknowledge(
            policy,
            "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:logs:<AWS::Region>:<AWS::AccountId>:log-group:*]",
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="One role for the stages of every API of the account, which write into groups of many names; it "
            "ends at the account's log groups of this Region. Which groups there are, AWS tells for all or none.",
        )
        acknowledge(
            policy,
            "PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy",
            reason="The policy belongs to this one role, is written down beside it and goes with it. A managed policy "
            "could be attached to others, and could outlive the role that it was reviewed for.",
        )
        account = apigateway.CfnAccount(self, "ApiGateway", cloud_watch_role_arn=role.role_arn)
        account.node.add_dependency(policy)

    def _let_the_pipeline_read(self, tools_account: str) -> None:
        """Templates and what imports them, no data: the lookup role of the CDK bootstrap reads much more."""
        # By condition, because a trust policy may not name a role that does not exist yet.
        trusted = iam.PrincipalWithConditions(
            iam.AccountPrincipal(tools_account),
            {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{tools_account}:role/check-build-*"}},
        )
        role = iam.Role(
            self,
            "PlanReader",
            role_name=PLAN_READER,
            description="The pipeline reads which templates are deployed, before it deploys others",
            assumed_by=trusted,
        )
        policy = iam.Policy(
            self,
            "ReadTemplates",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
                    resources=[f"arn:aws:cloudformation:{self.region}:{self.account}:stack/*"],
                ),
                # It takes no resource: the Service Authorization Reference of AWS CloudFormation,
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
                iam.PolicyStatement(actions=["cloudformation:ListImports"], resources=["*"]),
            ],
        )
        acknowledge(
            policy,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*]",
            reason="It reads the templates of the account's stacks in this Region, and which stacks import an export; "
            "AWS takes no resource for the latter. Neither holds data of customers.",
        )
        acknowledge(
            policy,
            "PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy",
            reason="The policy belongs to this one role, is written down beside it and goes with it.",
        )


def synthesize(
    folder: Path, *, tools_account: str, boundary: str | None = None, gateway_logs: bool = True
) -> None:
    """Write an assembly with the stack alone, for whichever account deploys it; `boundary`: ARN of its roles'."""
    context = {"aws:cdk:disable-creation-stack-traces": True, KEY: configured_qualifier()}
    app = cdk.App(analytics_reporting=False, context=context, outdir=str(folder))
    AccountBaseline(app, NAME, tools_account=tools_account, boundary=boundary, gateway_logs=gateway_logs)
    app.synth()
