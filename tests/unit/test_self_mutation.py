"""The buildspec of SelfMutate: the commit's CDK CLI, after a look at the bootstrap."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline import self_mutation
from pipeline.pins import pinned

MANIFEST: dict[str, Any] = {
    "artifacts": {
        "pipeline-tools": {
            "properties": {
                "requiresBootstrapStackVersion": 6,
                "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/mybank/version",
            }
        }
    }
}


def commands(phase: str) -> list[str]:
    found: list[str] = self_mutation.buildspec(MANIFEST, "pipeline-tools")["phases"][phase]["commands"]
    return found


def check(folder: Path, aws: str) -> subprocess.CompletedProcess[str]:
    """Run the check of the bootstrap as CodeBuild does, in sh, with this text as the AWS CLI."""
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\n{aws}\n", encoding="utf-8")
    program.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["/bin/sh", "-c", commands("install")[0]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_cli_is_the_one_that_the_commit_pins() -> None:
    assert commands("install")[-1] == f"npm install -g aws-cdk@{pinned('aws-cdk')}"
    assert commands("build") == ["cdk -a . deploy pipeline-tools --require-approval=never --verbose"]


@pytest.mark.parametrize("version", [6, 30])
def test_bootstrap_that_is_new_enough_passes(version: int, tmp_path: Path) -> None:
    parameter = '[ "$4" = /cdk-bootstrap/mybank/version ] || exit 1'
    result = check(tmp_path, f"{parameter}\necho {version}")
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("aws", "told"), [("echo 5", "has version 5"), ("exit 254", "has version none that can be read")]
)
def test_bootstrap_that_is_too_old_or_absent_ends_in_a_sentence(aws: str, told: str, tmp_path: Path) -> None:
    result = check(tmp_path, aws)
    assert result.returncode != 0
    assert told in result.stdout
    assert "this commit needs 6 or newer: run make bootstrap" in result.stdout


def test_file_stands_at_the_root_of_the_assembly(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    self_mutation.write(tmp_path, "pipeline-tools")
    written = json.loads((tmp_path / self_mutation.FILE).read_text(encoding="utf-8"))
    assert written == self_mutation.buildspec(MANIFEST, "pipeline-tools")
