"""Somebody else's pipeline: a greeting in two environments, with a person between them. Nothing of ours is in it."""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_ssm as ssm
from aws_cdk import pipelines

HERE = Path(__file__).parent
SETTINGS = json.loads((HERE / "settings.json").read_text())
ENV = cdk.Environment(account="555555555555", region="us-east-1")
CONNECTION = "arn:aws:codeconnections:us-east-1:555555555555:connection/00000000-0000-4000-8000-000000000000"


class Greeting(cdk.Stage):
    """One parameter that says what the commit says."""

    def __init__(self, scope: cdk.Stack, name: str) -> None:
        super().__init__(scope, name, env=ENV)
        stack = cdk.Stack(self, "Words", stack_name=f"greeting-{name}")
        ssm.StringParameter(
            stack, "Greeting", parameter_name=f"/greeting/{name}", string_value=SETTINGS["greeting"]
        )


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


def _say(name: str) -> pipelines.ShellStep:
    return pipelines.ShellStep(name, commands=[f"echo {name} ran"])


if SETTINGS["mistake"]:
    raise SystemExit("somebody made a mistake")
app = cdk.App(analytics_reporting=False)
Pipeline(app)
app.synth()
