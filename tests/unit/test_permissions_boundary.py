"""A permissions boundary reaches every role that the configuration names it for, and no other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from pipeline.config import Tools
from pipeline.environments import TOOLS
from pipeline.pipeline_stack import PipelineStack
from portal_stage.errors import ConfigurationError
from tests.unit import examples

BOUNDED = "arn:aws:iam::111111111111:policy/bank-boundary"
TOOLS_BOUNDARY = "arn:aws:iam::444444444444:policy/bank/tools"
ROOT = Path(__file__).resolve().parents[2]

Role = dict[str, Any]


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Role]]:
    """Stack -> its roles: of a bounded pipeline with a bounded environment and one without a boundary."""
    folder = tmp_path_factory.mktemp("bounded")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    PipelineStack(
        app,
        "pipeline-tools",
        tools=dataclasses.replace(TOOLS, permissions_boundary=TOOLS_BOUNDARY),
        environments=[
            examples.an_environment(suffix="bounded", permissions_boundary="bank-boundary"),
            examples.an_environment(suffix="free"),
        ],
    )
    app.synth()
    found = {}
    for file in folder.rglob("*.template.json"):
        resources = json.loads(file.read_text())["Resources"].values()
        stack = file.name.removesuffix(".template.json").lower()
        found[stack] = [r["Properties"] for r in resources if r["Type"] == "AWS::IAM::Role"]
    return found


def _of(roles: Mapping[str, list[Role]], environment: str) -> list[Role]:
    return [role for stack, own in roles.items() if environment in stack for role in own]


def test_every_role_of_the_environment_is_bounded_those_of_custom_resources_too(
    roles: Mapping[str, list[Role]],
) -> None:
    own = _of(roles, "bounded")
    assert len(own) > 8
    assert {role.get("PermissionsBoundary") for role in own} == {BOUNDED}


def test_every_role_of_the_pipeline_is_bounded_by_its_own_policy(roles: Mapping[str, list[Role]]) -> None:
    own = roles["pipeline-tools"]
    assert len(own) >= 8
    assert {role.get("PermissionsBoundary") for role in own} == {TOOLS_BOUNDARY}


def test_the_pipelines_boundary_does_not_reach_into_an_environment(roles: Mapping[str, list[Role]]) -> None:
    assert {role.get("PermissionsBoundary") for role in _of(roles, "free")} == {None}


@pytest.mark.parametrize(
    "policy",
    [
        "arn:aws:iam::999999999999:policy/bank-boundary",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "bank boundary",
        "",
    ],
)
def test_policy_is_one_of_the_same_account(policy: str) -> None:
    with pytest.raises(ConfigurationError, match=r"permissions_boundary .* for example 'bank-boundary'"):
        examples.an_environment(permissions_boundary=policy)
    with pytest.raises(ConfigurationError, match="tools: permissions_boundary"):
        dataclasses.replace(TOOLS, permissions_boundary=policy)


def test_policy_may_be_given_by_its_arn_or_with_a_path() -> None:
    assert isinstance(dataclasses.replace(TOOLS, permissions_boundary="bank/tools"), Tools)
    assert examples.an_environment(permissions_boundary=BOUNDED).permissions_boundary == BOUNDED
