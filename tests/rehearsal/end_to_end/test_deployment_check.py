"""The check of a deployment, asked of what the rehearsal has deployed: `make diff`, and the pipeline's step Check."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from .conftest import ROOT, Standing


def check(
    standing: Standing, assembly: Path, *more: str, account: str = ""
) -> subprocess.CompletedProcess[str]:
    env = os.environ | standing.environment
    env |= {
        "AWS_ACCESS_KEY_ID": account or standing.accounts["foundation-dev"],
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
    }
    command = [sys.executable, "-m", "pipeline.check", "dev", "--assembly", str(assembly), *more]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_what_was_just_deployed_does_not_change(standing: Standing) -> None:
    done = check(standing, standing.state / "cdk.out")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if "-dev: " in line] == [
        "foundation-dev: no change",
        "data-dev: no change",
        "portal-dev: no change",
    ]


def test_another_network_is_refused_and_told_for_programs(standing: Standing, tmp_path: Path) -> None:
    shutil.copytree(standing.state / "cdk.out", tmp_path / "cdk.out")
    (template,) = (tmp_path / "cdk.out").glob("assembly-*-dev/*Foundation*.template.json")
    body = json.loads(template.read_text())
    (vpc,) = (each for each in body["Resources"].values() if each["Type"] == "AWS::EC2::VPC")
    vpc["Properties"]["CidrBlock"] = "10.99.0.0/16"
    template.write_text(json.dumps(body))

    done = check(standing, tmp_path / "cdk.out", "--json")

    assert done.returncode == 1
    said: dict[str, Any] = json.loads(done.stdout)
    replaced = {change["type"] for change in said["changes"] if change["effect"] == "replaced"}
    assert {"AWS::EC2::VPC", "AWS::EC2::Subnet"} <= replaced
    assert said["refusals"]
    assert all("imports it" in sentence for sentence in said["refusals"])


def test_credentials_of_another_account_are_told(standing: Standing) -> None:
    done = check(standing, standing.state / "cdk.out", account=standing.accounts["foundation-prod"])
    assert (done.returncode, done.stdout) == (2, "")
    assert "foundation-dev belongs to" in done.stderr


def test_the_pipeline_checks_before_the_first_change_set(standing: Standing) -> None:
    (dev,) = (stage for stage in standing.report["stages"] if stage["name"] == "dev")
    first, second, *_ = [action["name"] for action in dev["actions"]]
    assert (first, second) == ("Check", "foundation-dev.Prepare")
