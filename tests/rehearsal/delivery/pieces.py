"""The pieces from which a test writes its pipeline, as CloudFormation has them."""

import json
from typing import Any

ACCOUNT = "111111111111"


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    """An action as CloudFormation has it; `inputs` and `outputs` are artifact names, the rest its properties."""
    made: dict[str, Any] = {
        "Name": name,
        "ActionTypeId": {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"},
        "RunOrder": more.pop("run_order", 1),
        "InputArtifacts": [{"Name": n} for n in more.pop("inputs", [])],
        "OutputArtifacts": [{"Name": n} for n in more.pop("outputs", [])],
        "Configuration": more.pop("configuration", {}),
    }
    return {**made, **{"".join(w.title() for w in key.split("_")): value for key, value in more.items()}}


def source(clone: bool = True) -> dict[str, Any]:
    """A stage whose one action makes the artifact Source."""
    configuration = {
        "ConnectionArn": f"arn:aws:codeconnections:us-east-1:{ACCOUNT}:connection/00000000",
        "FullRepositoryId": "bank/portal",
        "BranchName": "main",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF" if clone else "CODE_ZIP",
    }
    made = action(
        "Repo",
        "Source",
        "CodeStarSourceConnection",
        outputs=["Source"],
        configuration=configuration,
        namespace="src",
    )
    return {"Name": "Source", "Actions": [made]}


def build(
    name: str, project: str, *, variables: Any = (), primary: str | None = None, **more: Any
) -> dict[str, Any]:
    """A CodeBuild action that builds the project with the logical id `project`."""
    configuration: dict[str, Any] = {"ProjectName": {"Ref": project}}
    if variables:
        configuration["EnvironmentVariables"] = (
            variables if isinstance(variables, str) else json.dumps(variables)
        )
    if primary:
        configuration["PrimarySource"] = primary
    return action(name, "Build", "CodeBuild", **{"inputs": ["Source"], **more}, configuration=configuration)


def approval(name: str = "Approve", **more: Any) -> dict[str, Any]:
    """A manual approval."""
    return action(name, "Approval", "Manual", **more)


def change_set(stack: str, mode: str, **more: Any) -> dict[str, Any]:
    """A CloudFormation action; with CHANGE_SET_REPLACE the template is template.json of the artifact Source."""
    configuration = {"StackName": stack, "ActionMode": mode, "ChangeSetName": "PipelineChange"}
    if mode == "CHANGE_SET_REPLACE":
        configuration["TemplatePath"] = "Source::template.json"
        more.setdefault("inputs", ["Source"])
    name = mode.rpartition("_")[2].title()
    return action(name, "Deploy", "CloudFormation", configuration=configuration, **more)


def deployment(name: str, stack: str, *more: dict[str, Any]) -> dict[str, Any]:
    """A stage that deploys template.json of the artifact Source as `stack`, its outputs in the namespace `name`."""
    prepared = change_set(stack, "CHANGE_SET_REPLACE")
    deployed = change_set(stack, "CHANGE_SET_EXECUTE", run_order=2, namespace=name)
    return {"Name": name, "Actions": [prepared, deployed, *more]}


def stage(name: str, *actions: dict[str, Any]) -> dict[str, Any]:
    """A stage of these actions."""
    return {"Name": name, "Actions": list(actions)}


def project(buildspec: Any, *, minutes: int = 5, **environment: Any) -> dict[str, Any]:
    """A CodeBuild project; `buildspec` is a dictionary, or a path in the source."""
    named = buildspec if isinstance(buildspec, str) else json.dumps({"version": 0.2, **buildspec})
    return {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Artifacts": {"Type": "CODEPIPELINE"},
            "Environment": {
                "ComputeType": "BUILD_GENERAL1_SMALL",
                "Image": "i",
                "Type": "LINUX_CONTAINER",
                **environment,
            },
            "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/build",
            "Source": {"Type": "CODEPIPELINE", "BuildSpec": named},
            "TimeoutInMinutes": minutes,
        },
    }


def commands(*lines: str, **more: Any) -> dict[str, Any]:
    """A buildspec with these commands in its build phase."""
    return {"phases": {"build": {"commands": list(lines)}}, **more}


def pipeline(*stages: dict[str, Any], projects: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A template with the pipeline `delivery` and CodeBuild projects by logical id."""
    properties = {
        "Name": "delivery",
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/pipeline",
        "PipelineType": "V2",
        "ExecutionMode": "QUEUED",
        "RestartExecutionOnUpdate": True,
        "ArtifactStore": {"Type": "S3", "Location": {"Ref": "Artifacts"}},
        "Stages": list(stages),
        **more,
    }
    return {
        "Resources": {
            "Artifacts": {"Type": "AWS::S3::Bucket"},
            **(projects or {}),
            "Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties},
        }
    }


def parameter(value: str) -> str:
    """A template of one SSM parameter with two outputs."""
    return json.dumps(
        {
            "Resources": {
                "Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
            },
            "Outputs": {"Name": {"Value": {"Ref": "Setting"}}, "Greeting": {"Value": value}},
        }
    )


def gated(**more: Any) -> dict[str, Any]:
    """A pipeline with an approval, and a build behind it; `more` are properties of the approval."""
    return pipeline(
        source(),
        stage("Gate", approval(**more)),
        stage("prod", build("B", "P")),
        projects={"P": project(commands("true"))},
    )
