"""The portal's tests against dev, run as the pipeline runs them: in a build of their project, with its role."""

import json
import shlex
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conftest import Standing

PROJECT = "tests-build-dev"
PIPELINE = "pipeline-tools"
_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """The tests by name, as `door::test`; what was told of each that failed."""

    names: frozenset[str]
    red: dict[str, str]


def run_portal_tests(standing: Standing, folder: Path) -> Outcome:
    """Run them, with less patience than the pipeline has. `folder` is for the report."""
    junit = folder / "integration.xml"
    tests = [
        "python",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "integration_tests",
        f"--junitxml={junit}",
    ]
    variables = {**endpoints(standing), "WAIT_SECONDS": "2"}
    build(standing, f"cd {shlex.quote(str(standing.project))}", shlex.join(tests), variables=variables)
    cases = {
        f"{case.get('classname', '').rsplit('.', 1)[-1].removeprefix('test_')}::{case.get('name')}": case
        for case in ElementTree.parse(junit).iter("testcase")  # noqa: S314  pytest wrote it
    }
    assert len(cases) == 26, junit.read_text()
    failed = {
        name: found.text or ""
        for name, case in cases.items()
        for found in case
        if found.tag in ("failure", "error")
    }
    return Outcome(names=frozenset(cases), red=failed)


def endpoints(standing: Standing) -> dict[str, str]:
    """The environment that the pipeline gave to dev's tests, read from the deployed pipeline as it resolves it."""
    deployed = standing.client("cloudformation", stack="portal-dev")
    outputs = deployed.describe_stacks(StackName="portal-dev")["Stacks"][0]["Outputs"]
    values = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    pipeline = standing.client("codepipeline", stack=PIPELINE).get_pipeline(name=PIPELINE)["pipeline"]
    (dev,) = [stage for stage in pipeline["stages"] if stage["name"] == "dev"]
    (tests,) = [action for action in dev["actions"] if action["name"] == "IntegrationTests"]
    variables = json.loads(tests["configuration"]["EnvironmentVariables"])
    return {
        variable["name"]: values[variable["value"].rsplit(".", 1)[1].rstrip("}")]
        for variable in variables
        if variable["value"].startswith("#{")
    }


def build(standing: Standing, *commands: str, variables: dict[str, str] | None = None) -> dict[str, Any]:
    """A build of the tests' project with these commands instead of its own; the build as it ended."""
    codebuild = standing.client("codebuild", stack=PIPELINE)
    spec = {"version": 0.2, "phases": {"build": {"commands": list(commands)}}}
    found: dict[str, Any] = codebuild.start_build(
        projectName=PROJECT,
        sourceTypeOverride="NO_SOURCE",
        artifactsOverride={"type": "NO_ARTIFACTS"},
        buildspecOverride=json.dumps(spec),
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in (variables or {}).items()
        ],
    )["build"]
    deadline = time.monotonic() + _SECONDS
    while not found["buildComplete"]:
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
        (found,) = codebuild.batch_get_builds(ids=[found["id"]])["builds"]
    return found
