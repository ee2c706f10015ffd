"""The buildspec files, and the loader that turns one into the arguments of a step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from pipeline import buildspec
from portal_stage.errors import ConfigurationError

FILES = sorted(buildspec.FOLDER.glob("*.yml"))


def rest_of(arguments: buildspec.StepArguments) -> dict[str, Any]:
    rest: dict[str, Any] = json.loads(cdk.Stack().resolve(arguments["partial_build_spec"].to_build_spec()))
    return rest


def write(folder: Path, text: str) -> None:
    (folder / "step.yml").write_text(text, encoding="utf-8")


def test_commands_travel_apart_from_the_rest(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        version: 0.2
        env: {variables: {COLOUR: blue}}
        phases:
          install: {runtime-versions: {python: "3.13"}, commands: [make install]}
          build: {commands: [make one, make two], finally: [make tidy]}
        artifacts: {base-directory: out, files: "**/*"}
        """,
    )
    arguments = buildspec.load("step", folder=tmp_path)
    assert arguments["install_commands"] == ["make install"]
    assert arguments["commands"] == ["make one", "make two"]
    assert rest_of(arguments) == {
        "version": 0.2,
        "env": {"variables": {"COLOUR": "blue"}},
        "phases": {"install": {"runtime-versions": {"python": "3.13"}}, "build": {"finally": ["make tidy"]}},
    }


def test_reports_go_to_the_given_groups(tmp_path: Path) -> None:
    write(tmp_path, "{version: 0.2, phases: {build: {commands: [x]}}, reports: {unit: {files: [u.xml]}}}")
    arguments = buildspec.load("step", reports={"unit": "arn:group"}, folder=tmp_path)
    assert rest_of(arguments)["reports"] == {"arn:group": {"files": ["u.xml"]}}


def test_report_without_a_group_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "{version: 0.2, phases: {build: {commands: [x]}}, reports: {unit: {files: [u.xml]}}}")
    with pytest.raises(
        ConfigurationError, match=r"buildspecs/step\.yml reports 'unit': give it a report group"
    ):
        buildspec.load("step", folder=tmp_path)


def test_file_without_build_commands_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "{version: 0.2, phases: {install: {commands: [make install]}}}")
    with pytest.raises(
        ConfigurationError, match=r"buildspecs/step\.yml phases\.build\.commands: name at least one"
    ):
        buildspec.load("step", folder=tmp_path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_version_of_every_file_is_the_one_with_one_shell_for_all_commands(file: Path) -> None:
    assert str(yaml.safe_load(file.read_text(encoding="utf-8"))["version"]) == "0.2"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_names_its_runtimes(file: Path) -> None:
    # Without, CodeBuild takes the image's default, which changes when a version reaches its end.
    runtimes = yaml.safe_load(file.read_text(encoding="utf-8"))["phases"]["install"]["runtime-versions"]
    assert all(isinstance(version, str) for version in runtimes.values())


def test_synth_hands_over_the_assembly_that_make_synth_writes() -> None:
    spec = yaml.safe_load((buildspec.FOLDER / "synth.yml").read_text(encoding="utf-8"))
    assert "make synth" in spec["phases"]["build"]["commands"]
    assert spec["artifacts"] == {"base-directory": "cdk.out", "files": ["**/*"]}


def test_make_has_every_target_that_a_buildspec_calls() -> None:
    makefile = (buildspec.FOLDER.parent / "Makefile").read_text(encoding="utf-8")
    for file in FILES:
        for phase in yaml.safe_load(file.read_text(encoding="utf-8"))["phases"].values():
            for command in phase["commands"]:
                if command.startswith("make "):
                    assert f"\n{command.split()[1]}:" in makefile
