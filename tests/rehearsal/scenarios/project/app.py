"""Somebody else's pipeline: a greeting in two environments, with a person between them. Nothing of ours is in it."""

import json
from pathlib import Path
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from aws_cdk import pipelines

HERE = Path(__file__).parent
SETTINGS = json.loads((HERE / "settings.json").read_text())
ENV = cdk.Environment(account="555555555555", region="us-east-1")
# A custom resource that takes its time, so that somebody can pull the plug during a deployment.
SLOW = """
import json, time, urllib.request
def handler(event, context):
    if event["RequestType"] != "Delete":
        time.sleep(int(event["ResourceProperties"]["Seconds"]))
    kept = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body = json.dumps({**kept, "Status": "SUCCESS", "PhysicalResourceId": "slow"}).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""
# Under its former name, for which CDK itself grants UseConnection.
CONNECTION = (
    "arn:aws:codestar-connections:us-east-1:555555555555:connection/00000000-0000-4000-8000-000000000000"
)


class Greeting(cdk.Stage):
    """One parameter that says what the commit says."""

    def __init__(self, scope: cdk.Stack, name: str) -> None:
        super().__init__(scope, name, env=ENV)
        stack = cdk.Stack(self, "Words", stack_name=f"greeting-{name}")
        ssm.StringParameter(
            stack, "Greeting", parameter_name=f"/greeting/{name}", string_value=SETTINGS["greeting"]
        )
        if SETTINGS["key_user"]:
            key = kms.Key(stack, "Key", removal_policy=cdk.RemovalPolicy.DESTROY)
            user = iam.Role.from_role_name(stack, "User", SETTINGS["key_user"])
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"], resources=["*"], principals=[iam.ArnPrincipal(user.role_arn)]
                )
            )
        if SETTINGS["slow_seconds"]:
            # A group and a role of its own: with Lambda's usual policy, lines that come late bring the group back.
            group = logs.LogGroup(stack, "SlowLogs", removal_policy=cdk.RemovalPolicy.DESTROY)
            role = iam.Role(stack, "SlowRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
            group.grant_write(role)
            function = lambda_.Function(
                stack,
                "Slow",
                runtime=lambda_.Runtime.PYTHON_3_13,
                handler="index.handler",
                code=lambda_.Code.from_inline(SLOW),
                timeout=cdk.Duration.minutes(2),
                role=role,
                log_group=group,
            )
            properties = {"Seconds": SETTINGS["slow_seconds"], "Greeting": SETTINGS["greeting"]}
            cdk.CustomResource(stack, "Wait", service_token=function.function_arn, properties=properties)


class Pipeline(cdk.Stack):
    """Source, Build, UpdatePipeline, dev, a gate, prod."""

    def __init__(self, scope: cdk.App) -> None:
        super().__init__(scope, "greeting-pipeline", env=ENV)
        source = pipelines.CodePipelineSource.connection("bank/greeting", "main", connection_arn=CONNECTION)
        image = codebuild.LinuxBuildImage.STANDARD_7_0
        delivery = pipelines.CodePipeline(
            self,
            "Delivery",
            pipeline_name="greeting",
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode[SETTINGS["mode"]],
            cli_version=SETTINGS["cli"],
            code_build_defaults=pipelines.CodeBuildOptions(
                build_environment=codebuild.BuildEnvironment(build_image=image)
            ),
            synth=pipelines.ShellStep(
                "Synth",
                input=source,
                install_commands=[f"npm install -g aws-cdk@{SETTINGS['cli']}"],
                commands=["cdk synth --quiet"],
            ),
        )
        delivery.add_stage(Greeting(self, "dev"), post=[_say(name) for name in SETTINGS["steps"]])
        delivery.add_wave("Gate", post=[pipelines.ManualApprovalStep("Approve", comment="Greet everybody?")])
        delivery.add_stage(Greeting(self, "prod"))
        if SETTINGS["gate_minutes"]:
            delivery.build_pipeline()
            expire_gate(delivery.pipeline, SETTINGS["gate_minutes"])


def expire_gate(pipeline: codepipeline.Pipeline, minutes: int) -> None:
    """CDK's step knows no time-out; AWS's shortest is 5 minutes."""
    definition = cast(codepipeline.CfnPipeline, pipeline.node.default_child)
    gate = [stage.stage_name for stage in pipeline.stages].index("Gate")
    definition.add_property_override(f"Stages.{gate}.Actions.0.TimeoutInMinutes", minutes)


def _say(name: str) -> pipelines.ShellStep:
    return pipelines.ShellStep(name, commands=[f"echo {name} ran"])


if SETTINGS["mistake"]:
    raise SystemExit("somebody made a mistake")
app = cdk.App(analytics_reporting=False)
Pipeline(app)
app.synth()
