"""What the pipeline's tests may do here: one role, for one caller, with three permissions."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.names import Names


class PipelineTestsRole(iam.Role):
    """`pipeline-tests-{suffix}`, assumed by the test build of the tools account and by nobody else."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        tools_account: str,
        probe: lambda_.IFunction,
        api_key: apigateway.IApiKey,
    ) -> None:
        # A condition rather than the role as principal: IAM refuses a principal that does not exist yet.
        caller = f"arn:aws:iam::{tools_account}:role/{names('tests-build')}"
        super().__init__(
            scope,
            id_,
            role_name=names("pipeline-tests"),
            description="The pipeline's tests: invoke the probe, read their API key, watch the alarms",
            assumed_by=iam.PrincipalWithConditions(
                iam.AccountPrincipal(tools_account), {"ArnEquals": {"aws:PrincipalArn": caller}}
            ),
            max_session_duration=cdk.Duration.hours(1),
        )
        region = cdk.Stack.of(self).region
        for action, resource in (
            ("lambda:InvokeFunction", probe.function_arn),
            ("apigateway:GET", f"arn:aws:apigateway:{region}::/apikeys/{api_key.key_id}"),
            # CloudWatch shows composite alarms only to who may describe all of them.
            ("cloudwatch:DescribeAlarms", "*"),
        ):
            self.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        acknowledge(
            self,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="cloudwatch:DescribeAlarms, which only reads: CloudWatch shows composite alarms to nobody who may "
            "not describe all alarms.",
        )
