"""The pipeline: from a push through every environment, a human between them, tests after each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import pipelines
from constructs import Construct

from pipeline import buildspec, self_mutation
from pipeline.acknowledgements import DELIVERY, acknowledge_build_findings
from pipeline.artifacts import ArtifactBucket
from pipeline.config import SUFFIX, Tools
from pipeline.pins import pinned
from pipeline.steps import (
    DeploymentCheck,
    IntegrationTests,
    approval_step,
    read_bootstrap_version,
    synth_step,
    use_connection,
)
from portal_stage.boundary import boundary_arn
from portal_stage.config import Environment
from portal_stage.custom_resources import adopt_providers
from portal_stage.foundation.key import EnvironmentKey
from portal_stage.logs import keep_from_recreating, log_group
from portal_stage.stage import PortalStage
from portal_stage.tags import tag

LOG_DAYS = 14
# The tools that CDK Pipelines installs for itself run on this, whatever the image's default will be.
NODE = pipelines.CodeBuildOptions(
    partial_build_spec=codebuild.BuildSpec.from_object(
        {"version": "0.2", "phases": {"install": {"runtime-versions": {"nodejs": "22"}}}}
    )
)


class PipelineStack(cdk.Stack):
    """Source, Build, UpdatePipeline, Assets, then the environments in their order, each behind its gate."""

    def __init__(
        self, scope: Construct, id_: str, *, tools: Tools, environments: Sequence[Environment]
    ) -> None:
        super().__init__(
            scope,
            id_,
            stack_name=tools.name("pipeline"),
            description="Carries the customer portal from a push to production",
            env=cdk.Environment(account=tools.account, region=tools.region),
        )
        self._tools = tools
        key = EnvironmentKey(self, "Key", names=tools.names)
        self._artifacts = ArtifactBucket(self, "Artifacts", tools=tools, key=key)
        self._log_group = log_group(
            self, "Logs", name=f"/aws/codebuild/{tools.name('pipeline')}", key=key, days=LOG_DAYS
        )
        self._synth = synth_step(tools)
        self._delivery = self._make_delivery(environments)
        for position, environment in enumerate(environments):
            if position > 0:
                self._add_gate(environment)
            self._add_environment(environment)
        self._delivery.build_pipeline()
        self._refine()
        adopt_providers(self, names=tools.names, key=key, log_days=LOG_DAYS)
        tag(
            self,
            environment=SUFFIX,
            project=tools.project,
            owner=tools.owner,
            cost_center=tools.cost_center,
        )
        self._bound_roles()
        acknowledge_build_findings(self, self._delivery, artifacts=self._artifacts, tools=tools)

    def _make_delivery(self, environments: Sequence[Environment]) -> pipelines.CodePipeline:
        return pipelines.CodePipeline(
            self,
            DELIVERY,
            pipeline_name=self._tools.name("pipeline"),
            pipeline_type=codepipeline.PipelineType.V2,
            # Every commit gets its turn: with SUPERSEDED a waiting approval would swallow the ones behind it.
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            use_pipeline_role_for_actions=True,
            artifact_bucket=self._artifacts,
            cross_account_keys=any(
                environment.account != self._tools.account for environment in environments
            ),
            synth=self._synth,
            cdk_assets_cli_version=pinned("cdk-assets"),
            # One publisher for all: a new asset is then no change of the pipeline.
            publish_assets_in_parallel=False,
            asset_publishing_code_build_defaults=NODE,
            code_build_defaults=pipelines.CodeBuildOptions(
                # ARM throughout, because x86 builders cannot run the steps of the arm64 images.
                build_environment=codebuild.BuildEnvironment(
                    build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
                    compute_type=codebuild.ComputeType.SMALL,
                ),
                logging=codebuild.LoggingOptions(
                    cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=self._log_group)
                ),
                timeout=cdk.Duration.minutes(30),
            ),
        )

    def _add_gate(self, environment: Environment) -> None:
        """A stage of its own, so that a retry of the deployment behind it never waits for a human."""
        self._delivery.add_wave(f"Gate-{environment.suffix}", post=[approval_step(environment)])

    def _add_environment(self, environment: Environment) -> None:
        stage = PortalStage(
            self, environment.suffix, environment=environment, tools_account=self._tools.account
        )
        tests = IntegrationTests(
            self,
            f"Tests-{environment.suffix}",
            tools=self._tools,
            environment=environment,
            assembly=self._synth,
            outputs=stage.test_outputs,
            artifacts=self._artifacts,
            log_group=self._log_group,
        )
        check = DeploymentCheck(
            self,
            f"Check-{environment.suffix}",
            environment=environment,
            assembly=self._synth,
            artifacts=self._artifacts,
            log_group=self._log_group,
        )
        self._delivery.add_stage(stage, pre=[check.step], post=[tests.step])

    def _bound_roles(self) -> None:
        """Not by the stack's own argument, which would reach into the environments, whose accounts are others."""
        if boundary := boundary_arn(self._tools.permissions_boundary, self._tools.account):
            policy = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", boundary)
            iam.PermissionsBoundary.of(self).apply(policy)

    def _refine(self) -> None:
        """What CDK Pipelines has no argument for; possible once the pipeline is built."""
        self._delivery.pipeline.add_to_role_policy(use_connection(self._tools))
        # Read from the commit, so that the pipeline as it is can build the code as it will be.
        synth = _resource(self._delivery.synth_project)
        synth.add_property_override("Source.BuildSpec", buildspec.path_of("synth"))
        mutation = _resource(self._delivery.self_mutation_project)
        mutation.name = self._tools.name("self-mutation")
        # Read from the assembly, so that the CDK CLI is the one that the commit pins. No `cli_version` above: CDK would
        # hash it into the action, and every new pin would change the pipeline and start the execution again.
        mutation.add_property_override("Source.BuildSpec", self_mutation.FILE)
        # `app.py` writes that file behind the synthesis; a version that can move is refused before it.
        pinned("aws-cdk")
        self._delivery.self_mutation_project.add_to_role_policy(read_bootstrap_version(self))
        # CDK lets the publishers create any log group of CodeBuild; the last lines of a build would bring ours back.
        for publishers in ("FileRole", "DockerRole"):
            role = self._delivery.node.find_child("Assets").node.try_find_child(publishers)
            if isinstance(role, iam.Role):
                keep_from_recreating(role, self._log_group)


def _resource(project: codebuild.IProject) -> codebuild.CfnProject:
    return cast(codebuild.CfnProject, project.node.default_child)
