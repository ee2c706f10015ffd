"""What holds for the pipeline: its order, its gates, its tests and the rights of its builds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.environments import ENVIRONMENTS
from pipeline.pins import pinned
from tests.assembly.synthesis import Synthesis

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
LONGEST_CONFIGURATION_VALUE = 1000
SUFFIXES = [environment.suffix for environment in ENVIRONMENTS]


def stages_come_in_order(synthesis: Synthesis) -> Iterator[str]:
    """Self-mutation before anything is delivered, environments in their order, a gate before all but the first."""
    first, *others = SUFFIXES
    expected = ["Source", "Build", "UpdatePipeline", "Assets", first]
    for suffix in others:
        expected += [f"Gate-{suffix}", suffix]
    found = [stage["Name"] for stage in synthesis.pipeline["Stages"]]
    if found != expected:
        yield f"stages {found}, expected {expected}"


def every_commit_gets_its_turn(synthesis: Synthesis) -> Iterator[str]:
    """V2, queued, and started again when the pipeline has changed itself."""
    expected = {"PipelineType": "V2", "ExecutionMode": "QUEUED", "RestartExecutionOnUpdate": True}
    for key, value in expected.items():
        if synthesis.pipeline.get(key) != value:
            yield f"{key} is {synthesis.pipeline.get(key)!r}, expected {value!r}"


def gates_only_ask(synthesis: Synthesis) -> Iterator[str]:
    """A gate holds an approval; no environment's stage does, so that its retry never waits for a human."""
    for stage in synthesis.pipeline["Stages"]:
        approvals = [
            action for action in stage["Actions"] if action["ActionTypeId"]["Category"] == "Approval"
        ]
        if bool(approvals) != stage["Name"].startswith("Gate-"):
            yield f"{stage['Name']}: {len(approvals)} approvals"


def environments_are_tested_last(synthesis: Synthesis) -> Iterator[str]:
    """IntegrationTests runs alone, after the last deployment of its stage, with the stack's outputs."""
    for suffix in SUFFIXES:
        actions = synthesis.stage(suffix)
        last = max(action["RunOrder"] for action in actions)
        names = [action["Name"] for action in actions if action["RunOrder"] == last]
        if names != ["IntegrationTests"]:
            yield f"{suffix} ends with {names}"
        for action in actions:
            if action["Name"] == "IntegrationTests" and not _from_stack(action, f"portal-{suffix}", actions):
                yield f"{suffix}: the tests' variables do not all come from portal-{suffix}"


def _from_stack(action: dict[str, Any], stack: str, actions: list[dict[str, Any]]) -> bool:
    (namespace,) = {
        other["Namespace"] for other in actions if other["Name"] == f"{stack}.Deploy" and "Namespace" in other
    } or {None}
    variables = json.loads(action["Configuration"].get("EnvironmentVariables", "[]"))
    return bool(variables) and all(variable["value"].startswith(f"#{{{namespace}.") for variable in variables)


def configuration_values_fit(synthesis: Synthesis) -> Iterator[str]:
    """CodePipeline refuses a longer value when it updates itself, which then cannot be mended by a push."""
    for stage in synthesis.pipeline["Stages"]:
        for action in stage["Actions"]:
            for key, value in action.get("Configuration", {}).items():
                length = len(value if isinstance(value, str) else json.dumps(value))
                if length > LONGEST_CONFIGURATION_VALUE:
                    yield f"{stage['Name']}/{action['Name']}: {key} has {length} characters"


def synth_reads_the_commit(synthesis: Synthesis) -> Iterator[str]:
    """Its buildspec is a file of the commit, never a copy in the pipeline, which would refuse newer code."""
    (action,) = synthesis.stage("Build")
    found = synthesis.project(action)["Source"].get("BuildSpec")
    if found != "buildspecs/synth.yml":
        yield f"Build takes its buildspec from {found!r}"


def tools_are_pinned(synthesis: Synthesis) -> Iterator[str]:
    """UpdatePipeline installs the CDK CLI of package.json."""
    (action,) = synthesis.stage("UpdatePipeline")
    buildspec = synthesis.project(action)["Source"]["BuildSpec"]
    if f"npm install -g aws-cdk@{pinned('aws-cdk')}" not in buildspec:
        yield "UpdatePipeline installs another CDK CLI than package.json names"


def builders_run_on_arm(synthesis: Synthesis) -> Iterator[str]:
    """Every build on ARM, as the images are; only the one that builds images is privileged."""
    for stage in synthesis.pipeline["Stages"]:
        for action in stage["Actions"]:
            if action["ActionTypeId"]["Provider"] != "CodeBuild":
                continue
            environment = synthesis.project(action)["Environment"]
            if environment["Type"] != "ARM_CONTAINER":
                yield f"{stage['Name']}/{action['Name']} runs in a {environment['Type']}"
            if environment["PrivilegedMode"] != (action["Name"] == "DockerAssets"):
                yield f"{stage['Name']}/{action['Name']}: PrivilegedMode is {environment['PrivilegedMode']}"
