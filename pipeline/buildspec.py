"""Loads `buildspecs/{name}.yml` into the arguments of a `pipelines.CodeBuildStep`."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import yaml
from aws_cdk import aws_codebuild as codebuild

from portal_stage.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parent.parent / "buildspecs"


class StepArguments(TypedDict):
    """What a file says, in the words of `CodeBuildStep`; spread it into the call."""

    install_commands: list[str]
    commands: list[str]
    partial_build_spec: codebuild.BuildSpec


def path_of(name: str) -> str:
    """The file's path from the root of the repository, as CodeBuild reads it from a commit."""
    return f"buildspecs/{name}.yml"


def load(name: str, *, reports: dict[str, str] | None = None, folder: Path = FOLDER) -> StepArguments:
    """The buildspec `name`; `reports` maps a report's name in the file to the ARN of its report group.

    CDK Pipelines writes `artifacts` itself and refuses files, so commands and the rest travel apart.

    Raises:
        ConfigurationError: when the file has no build commands, or names a report without a group.
    """
    spec = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
    spec.pop("artifacts", None)
    phases = spec.get("phases", {})
    install = phases.get("install", {}).pop("commands", [])
    commands = phases.get("build", {}).pop("commands", [])
    if not commands:
        raise ConfigurationError(
            [f"{path_of(name)} phases.build.commands: name at least one, for example '- make synth'"]
        )
    groups = reports or {}
    if missing := sorted(set(spec.get("reports", {})) - set(groups)):
        # CodeBuild would make a group by itself, which no stack deletes.
        raise ConfigurationError(
            [f"{path_of(name)} reports {missing[0]!r}: give it a report group of the stack"]
        )
    if "reports" in spec:
        spec["reports"] = {groups[report]: content for report, content in spec["reports"].items()}
    return StepArguments(
        install_commands=install, commands=commands, partial_build_spec=codebuild.BuildSpec.from_object(spec)
    )
