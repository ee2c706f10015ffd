"""What the pipeline does beside deploying: synthesize, ask a human, test what was deployed."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines
from constructs import Construct

from pipeline import buildspec
from pipeline.account_baseline import PLAN_READER
from pipeline.config import Tools
from portal_stage.config import Environment
from portal_stage.qualifier import qualifier_of


def use_connection(tools: Tools) -> iam.PolicyStatement:
    """Read the repository. CDK grants the service's former name only, which newer connections do not accept."""
    return iam.PolicyStatement(actions=["codeconnections:UseConnection"], resources=[tools.connection_arn])


def read_bootstrap_version(stack: cdk.Stack) -> iam.PolicyStatement:
    """Let SelfMutate compare the account's bootstrap with what the assembly needs, before it deploys."""
    name = f"cdk-bootstrap/{qualifier_of(stack)}/version"
    parameter = f"arn:aws:ssm:{stack.region}:{stack.account}:parameter/{name}"
    return iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[parameter])


def synth_step(tools: Tools) -> pipelines.CodeBuildStep:
    """From a push to a cloud assembly. It takes a git clone, because an archive does not hold the message."""
    return pipelines.CodeBuildStep(
        "Synth",
        input=pipelines.CodePipelineSource.connection(
            tools.repository,
            tools.branch,
            action_name="Source",
            connection_arn=tools.connection_arn,
            code_build_clone_output=True,
        ),
        project_name=tools.name("synth"),
        primary_output_directory="cdk.out",
        role_policy_statements=[use_connection(tools)],
        **buildspec.load("synth"),
    )


def approval_step(environment: Environment) -> pipelines.ManualApprovalStep:
    """A human lets the commit go on into `environment`."""
    return pipelines.ManualApprovalStep("Approve", comment=f"Deploy this commit to {environment.suffix}?")


def build_role(
    scope: Construct,
    *,
    name: str,
    description: str,
    artifacts: s3.IBucket,
    log_group: logs.ILogGroup,
    assumes: str,
) -> iam.Role:
    """Return a CodeBuild step's role that reads artifacts, writes its log and assumes the role `assumes`, an ARN.

    An environment's account trusts it by `name`. The ARN is computed, because a policy of this stack cannot wait for
    an output of a later one.
    """
    role = iam.Role(
        scope,
        "Role",
        role_name=name,
        description=description,
        assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"),
    )
    artifacts.grant_read(role)
    log_group.grant_write(role)
    role.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[assumes]))
    return role


class DeploymentCheck(Construct):
    """The CodeBuild step before a deployment: what AWS would refuse stops the stage before any change set."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        assembly: pipelines.IFileSetProducer,
        artifacts: s3.IBucket,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id_)
        name = environment.names("check-build")
        reader = f"arn:aws:iam::{environment.account}:role/{PLAN_READER}"
        role = build_role(
            self,
            name=name,
            description=f"Check before a deployment to {environment.suffix}",
            artifacts=artifacts,
            log_group=log_group,
            assumes=reader,
        )
        self.step = pipelines.CodeBuildStep(
            "Check",
            input=assembly,
            project_name=name,
            role=role.without_policy_updates(),
            env={"ENV": environment.suffix, "PLAN_READER_ROLE": reader},
            **buildspec.load("check"),
        )


class IntegrationTests(Construct):
    """The CodeBuild step that tests a deployed environment, with a role of a name that the environment trusts.

    The role may read the artifacts, write its log and its report, and assume the environment's test role.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        tools: Tools,
        environment: Environment,
        assembly: pipelines.IFileSetProducer,
        outputs: Mapping[str, cdk.CfnOutput],
        artifacts: s3.IBucket,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id_)
        name = environment.names("tests-build")
        codebuild.ReportGroup(
            self,
            "Reports",
            report_group_name=name,
            type=codebuild.ReportGroupType.TEST,
            delete_reports=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        report_group_arn = f"arn:aws:codebuild:{tools.region}:{tools.account}:report-group/{name}"
        role = build_role(
            self,
            name=name,
            description=f"Tests of {environment.suffix}",
            artifacts=artifacts,
            log_group=log_group,
            assumes=f"arn:aws:iam::{environment.account}:role/{environment.names('pipeline-tests')}",
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["codebuild:CreateReport", "codebuild:UpdateReport", "codebuild:BatchPutTestCases"],
                resources=[report_group_arn],
            )
        )
        self.step = pipelines.CodeBuildStep(
            "IntegrationTests",
            input=assembly,
            project_name=name,
            # Without updates: CDK would add rights to make report groups, which no stack deletes.
            role=role.without_policy_updates(),
            env_from_cfn_outputs=outputs,
            **buildspec.load("integration", reports={"integration": report_group_arn}),
        )
