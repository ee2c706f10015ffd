"""The pipeline: its order, its gates, its tests, and what CodePipeline and CodeBuild admit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.pins import pinned
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

STACK = "pipeline-tools"
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
LONGEST_CONFIGURATION_VALUE = 1_000
# https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
MOST_ACTIONS = 50
# https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
LONGEST_BUILDSPEC = 25_600


@invariant
def stages_come_in_order(synthesis: Synthesis) -> Iterator[str]:
    """Self-mutation before anything is delivered, environments in their order, a gate before all but the first."""
    first, *others = synthesis.order
    wanted = ["Source", "Build", "UpdatePipeline", "Assets", first]
    for suffix in others:
        wanted += [f"Gate-{suffix}", suffix]
    found = [stage["Name"] for stage in synthesis.pipeline["Stages"]]
    if found != wanted:
        yield told(STACK, "Stages", found=found, wanted=wanted)


@invariant
def every_commit_gets_its_turn(synthesis: Synthesis) -> Iterator[str]:
    """V2, queued, and started again when the pipeline has changed itself."""
    wanted = {"PipelineType": "V2", "ExecutionMode": "QUEUED", "RestartExecutionOnUpdate": True}
    for key, value in wanted.items():
        if synthesis.pipeline.get(key) != value:
            yield told(STACK, key, found=synthesis.pipeline.get(key), wanted=value)


@invariant
def gates_only_ask(synthesis: Synthesis) -> Iterator[str]:
    """A gate holds an approval; no environment's stage does, so that its retry never waits for a human."""
    for stage in synthesis.pipeline["Stages"]:
        asked = [one["Name"] for one in stage["Actions"] if one["ActionTypeId"]["Category"] == "Approval"]
        gate = stage["Name"].startswith("Gate-")
        if len(asked) != int(gate):
            yield told(STACK, stage["Name"], found=f"approvals {asked}", wanted="one" if gate else "none")


@invariant
def environments_are_checked_first(synthesis: Synthesis) -> Iterator[str]:
    """Check runs alone, before the first change set of its stage, in every environment."""
    for suffix in synthesis.order:
        actions = synthesis.stage(suffix)
        first = min(action["RunOrder"] for action in actions)
        names = [action["Name"] for action in actions if action["RunOrder"] == first]
        if names != ["Check"]:
            yield told(STACK, suffix, found=f"{names} first", wanted="Check")


@invariant
def environments_are_tested_last(synthesis: Synthesis) -> Iterator[str]:
    """IntegrationTests runs alone, after the last deployment of its stage, with the stack's outputs."""
    for suffix in synthesis.order:
        actions = synthesis.stage(suffix)
        last = max(action["RunOrder"] for action in actions)
        names = [action["Name"] for action in actions if action["RunOrder"] == last]
        if names != ["IntegrationTests"]:
            yield told(STACK, suffix, found=f"{names} last", wanted="IntegrationTests")
        for action in actions:
            if action["Name"] == "IntegrationTests" and not _from_stack(action, f"portal-{suffix}", actions):
                wanted = f"them from portal-{suffix}"
                yield told(STACK, f"{suffix}/IntegrationTests", found="other variables", wanted=wanted)


def _from_stack(action: dict[str, Any], stack: str, actions: list[dict[str, Any]]) -> bool:
    (namespace,) = {
        other["Namespace"] for other in actions if other["Name"] == f"{stack}.Deploy" and "Namespace" in other
    } or {None}
    variables = json.loads(action["Configuration"].get("EnvironmentVariables", "[]"))
    return bool(variables) and all(variable["value"].startswith(f"#{{{namespace}.") for variable in variables)


@invariant
def tiers_are_deployed_one_after_the_other(synthesis: Synthesis) -> Iterator[str]:
    """Each change set is prepared when the stack below it is there, and carried out before the next."""
    for suffix in synthesis.order:
        found = [
            action["Name"]
            for action in sorted(synthesis.stage(suffix), key=lambda one: int(one["RunOrder"]))
            if action["ActionTypeId"]["Provider"] == "CloudFormation"
        ]
        tiers = ("foundation", "data", "portal")
        wanted = [f"{tier}-{suffix}.{step}" for tier in tiers for step in ("Prepare", "Deploy")]
        orders = {action["RunOrder"] for action in synthesis.stage(suffix) if action["Name"] in wanted}
        if found != wanted or len(orders) != len(wanted):
            yield told(STACK, suffix, found=f"{found} in {len(orders)} steps", wanted=wanted)


@invariant
def configuration_values_fit(synthesis: Synthesis) -> Iterator[str]:
    """CodePipeline refuses a longer value when it updates itself, which then cannot be mended by a push."""
    for stage in synthesis.pipeline["Stages"]:
        for action in stage["Actions"]:
            for key, value in action.get("Configuration", {}).items():
                length = len(value if isinstance(value, str) else json.dumps(value))
                if length > LONGEST_CONFIGURATION_VALUE:
                    where = f"{stage['Name']}/{action['Name']}"
                    found = f"{key} of {length} characters"
                    yield told(STACK, where, found=found, wanted=f"at most {LONGEST_CONFIGURATION_VALUE}")


@invariant
def actions_fit(synthesis: Synthesis) -> Iterator[str]:
    """Fifty actions in a stage, and no two of them with one name."""
    for stage in synthesis.pipeline["Stages"]:
        names = [action["Name"] for action in stage["Actions"]]
        if len(names) > MOST_ACTIONS or len(set(names)) != len(names):
            found = f"{len(names)} actions of {len(set(names))} names"
            yield told(STACK, stage["Name"], found=found, wanted=f"at most {MOST_ACTIONS}, each with its own")


@invariant
def buildspecs_fit(synthesis: Synthesis) -> Iterator[str]:
    """CodeBuild refuses a longer one, inline or in a file."""
    inline = {
        logical_id: properties["Source"].get("BuildSpec", "")
        for logical_id, properties in synthesis.template(STACK).properties("AWS::CodeBuild::Project")
    }
    for where, buildspec in (inline | synthesis.buildspecs).items():
        if len(buildspec) > LONGEST_BUILDSPEC:
            found = f"a buildspec of {len(buildspec)} characters"
            yield told(STACK, where, found=found, wanted=f"at most {LONGEST_BUILDSPEC}")


@invariant
def synth_reads_the_commit(synthesis: Synthesis) -> Iterator[str]:
    """Its buildspec is a file of the commit, never a copy in the pipeline, which would refuse newer code."""
    (action,) = synthesis.stage("Build")
    found = synthesis.project(action)["Source"].get("BuildSpec")
    if found != "buildspecs/synth.yml":
        yield told(STACK, "Build/Synth", found=f"the buildspec {found}", wanted="buildspecs/synth.yml")


@invariant
def self_mutation_reads_the_assembly(synthesis: Synthesis) -> Iterator[str]:
    """Its buildspec is a file of the assembly, never a copy in the pipeline, whose CDK CLI refuses newer schemas."""
    (action,) = synthesis.stage("UpdatePipeline")
    found = synthesis.project(action)["Source"].get("BuildSpec")
    if found not in synthesis.buildspecs:
        yield told(STACK, "UpdatePipeline", found=f"the buildspec {found}", wanted="a file of the assembly")


@invariant
def tools_are_pinned(synthesis: Synthesis) -> Iterator[str]:
    """UpdatePipeline and the publishers of assets install the versions of package.json."""
    for where, buildspec in synthesis.buildspecs.items():
        tool = "aws-cdk" if where == "buildspec-self-mutate.yml" else "cdk-assets"
        found = json.loads(buildspec)["phases"]["install"]["commands"][-1]
        wanted = f"npm install -g {tool}@{pinned(tool)}"
        if found != wanted:
            yield told(STACK, where, found=found, wanted=wanted)


@invariant
def builders_run_on_arm(synthesis: Synthesis) -> Iterator[str]:
    """Every build on ARM, as the images are; only the one that builds images is privileged."""
    for stage in synthesis.pipeline["Stages"]:
        for action in stage["Actions"]:
            if action["ActionTypeId"]["Provider"] == "CodeBuild":
                environment = synthesis.project(action)["Environment"]
                found = (environment["Type"], environment["PrivilegedMode"])
                wanted = ("ARM_CONTAINER", action["Name"] == "DockerAssets")
                if found != wanted:
                    yield told(STACK, f"{stage['Name']}/{action['Name']}", found=found, wanted=wanted)
