"""The findings about what CDK Pipelines makes by itself: its projects, their roles, and the pipeline's role."""

from __future__ import annotations

from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines
from constructs import Construct, IConstruct

from pipeline.config import Tools
from portal_stage.acknowledgements import acknowledge, name_in_findings

DELIVERY = "Delivery"
"""The id of the construct below which CDK Pipelines makes projects and roles."""
PLACE = {
    f"/{DELIVERY}/": "by acknowledge() in acknowledge_build_findings() of pipeline/acknowledgements.py: CDK Pipelines "
    "makes this construct"
}
"""Where the compliance gate sends whoever meets a finding below it."""


def acknowledge_build_findings(
    stack: Construct, delivery: pipelines.CodePipeline, *, artifacts: s3.IBucket, tools: Tools
) -> None:
    """Acknowledge the findings about what CDK Pipelines makes, each where it stands.

    A finding about a step that you add belongs here too: `acknowledge(step.project, rule, reason=...)`. Possible once
    the pipeline is built.
    """
    acknowledge(
        stack,
        "PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy",
        reason="Each policy belongs to one role, is written down beside it and goes with it. A managed policy could be "
        "attached to others, and could outlive the role that it was reviewed for.",
    )
    acknowledge(
        stack,
        "PCI.DSS.321::PCI.DSS.321-CodeBuildProjectSourceRepoUrl",
        reason="No project has a repository as its source: CodePipeline hands it the commit, which it reads by a "
        "CodeConnections connection (OAuth). The rule asks it of every project.",
    )
    _acknowledge_wildcards(
        stack,
        "Action::s3:GetBucket*",
        "Action::s3:GetObject*",
        "Action::s3:List*",
        f"Resource::<{name_in_findings(artifacts)}.Arn>/*",
        reason="Each step reads what the steps before it made: any artifact, in this one bucket, which is the "
        "pipeline's own.",
    )
    _acknowledge_wildcards(
        delivery,
        "Action::s3:Abort*",
        "Action::s3:DeleteObject*",
        "Action::kms:GenerateDataKey*",
        "Action::kms:ReEncrypt*",
        reason="The pipeline and the synthesis write artifacts: into the pipeline's own bucket, with its own key, "
        "which are the only resources of these actions.",
    )
    here = f"{tools.region}:{tools.account}"
    for project in _projects_with_a_role_by_cdk(delivery):
        name = name_in_findings(project)
        _acknowledge_wildcards(
            project,
            f"Resource::arn:aws:logs:{here}:log-group:/aws/codebuild/<{name}>:*",
            f"Resource::arn:aws:codebuild:{here}:report-group/<{name}>-*",
            reason="CodeBuild's own: the streams of the project's log group, and the reports of the project.",
        )
    _acknowledge_wildcards(
        delivery.self_mutation_project,
        f"Resource::arn:*:iam::{tools.account}:role/*",
        reason="A condition narrows it to the roles that the CDK bootstrap made and tagged for deploying and "
        "publishing, in the pipeline's own account.",
    )
    _acknowledge_wildcards(
        delivery.self_mutation_project,
        "Resource::*",
        reason="cloudformation:DescribeStacks and s3:ListBucket, which only read: the CDK CLI looks for the bootstrap "
        "before it updates the pipeline.",
    )
    assets = delivery.node.find_child("Assets")
    _acknowledge_wildcards(
        assets,
        f"Resource::arn:aws:logs:{here}:log-group:/aws/codebuild/*",
        f"Resource::arn:aws:codebuild:{here}:report-group/*",
        "Resource::*",
        reason="CDK Pipelines gives the publishers one role before it knows their projects' names: logs, reports and "
        "builds of CodeBuild in the tools account, which holds the pipeline alone.",
    )


def _projects_with_a_role_by_cdk(delivery: pipelines.CodePipeline) -> list[codebuild.PipelineProject]:
    """Return the project of each step that brings no role of its own, also of the steps that are added later."""
    projects = [each for each in delivery.node.find_all() if isinstance(each, codebuild.PipelineProject)]
    return [project for project in projects if project.node.try_find_child("Role")]


def _acknowledge_wildcards(scope: IConstruct, *wildcards: str, reason: str) -> None:
    acknowledge(
        scope, *(f"AwsSolutions::AwsSolutions-IAM5[{wildcard}]" for wildcard in wildcards), reason=reason
    )
