"""A CodeBuild step that somebody adds to the pipeline: its findings, and where the gate sends whoever meets them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import pipelines
from cdk_nag import AwsSolutionsChecks

from compliance.gate import Gate
from pipeline import acknowledgements
from pipeline.environments import DEV, TOOLS
from pipeline.pipeline_stack import PipelineStack
from portal_stage.config import Environment
from tests.assembly.cloud_assembly import ROOT

WILDCARD = iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::bank-reports/*"])


def problems_of(folder: Path, statements: Sequence[iam.PolicyStatement]) -> list[str]:
    """What the gate says of the steps that were added with these permissions."""

    class WithSteps(PipelineStack):
        def _add_environment(self, environment: Environment) -> None:
            super()._add_environment(environment)
            smoke = pipelines.CodeBuildStep(
                "Smoke", commands=["curl https://portal.example"], role_policy_statements=list(statements)
            )
            self._delivery.add_wave(
                "Afterwards", post=[smoke, pipelines.ShellStep("Plain", commands=["true"])]
            )

    app = cdk.App(
        outdir=str(folder),
        analytics_reporting=False,
        context=json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"],
    )
    gate = Gate(app, [AwsSolutionsChecks()], places=acknowledgements.PLACE)
    WithSteps(app, TOOLS.name("pipeline"), tools=TOOLS, environments=(DEV,))
    app.synth()
    return [problem for problem in gate.problems(folder) if "Smoke" in problem or "Plain" in problem]


def test_a_step_that_asks_for_nothing_more_has_no_finding(tmp_path: Path) -> None:
    assert problems_of(tmp_path, []) == []


def test_a_finding_of_a_step_leads_to_the_function_that_acknowledges_it(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, [WILDCARD])
    assert problem.startswith(f"{TOOLS.name('pipeline')}/Delivery/Pipeline/Afterwards/Smoke/")
    assert "acknowledge 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:s3:::bank-reports/*]'" in problem
    place = "by acknowledge() in acknowledge_build_findings() of pipeline/acknowledgements.py"
    assert place in problem
    assert callable(acknowledgements.acknowledge_build_findings)


@pytest.mark.parametrize("path", ["portal-dev/Api/Resource", "pipeline-tools/Artifacts/Key"])
def test_any_other_finding_leads_to_its_construct(path: str) -> None:
    gate = Gate(cdk.App(analytics_reporting=False), [], places=acknowledgements.PLACE)
    assert gate._place(path) == "by acknowledge() beside the construct"
