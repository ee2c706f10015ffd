"""docs/policies/execution.json lets CloudFormation make, change and remove each type of resource of the templates."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any, get_args

import pytest

from rehearsal.cloud.auth.handlers import Verb, alternatives
from tests.assembly.synthesis import Synthesis
from tests.unit.documents import ROOT

POLICY = ROOT / "docs" / "policies" / "execution.json"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: without white space
MOST_CHARACTERS = 6_144


@pytest.fixture(scope="module")
def policy() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(POLICY.read_text())
    return read


def lacking(policy: dict[str, Any], synthesis: Synthesis) -> list[str]:
    """Type and action, where no statement allows an action that a handler may need."""
    statements = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    listed = [each["Action"] for each in statements]
    allowed = [action for each in listed for action in ([each] if isinstance(each, str) else each)]
    types = {resource["Type"] for _, _, resource in synthesis.resources()}
    return [
        f"{resource_type} {action}"
        for resource_type in sorted(types)
        for verb in get_args(Verb)
        for action in alternatives(resource_type, verb)
        if not any(fnmatchcase(action, pattern) for pattern in allowed)
    ]


def test_every_type_can_be_made_changed_and_removed(policy: dict[str, Any], synthesis: Synthesis) -> None:
    # A policy may belong to a user or a group too; the templates hold those of roles alone.
    assert [
        each for each in lacking(policy, synthesis) if not each.endswith(("UserPolicy", "GroupPolicy"))
    ] == []


def test_a_service_that_is_left_out_is_told(policy: dict[str, Any], synthesis: Synthesis) -> None:
    services = policy["Statement"][0]["Action"]
    without = {"Statement": [{"Effect": "Allow", "Action": [each for each in services if each != "wafv2:*"]}]}
    told = set(lacking(without, synthesis)) - set(lacking({"Statement": [policy["Statement"][0]]}, synthesis))
    assert "AWS::WAFv2::WebACL wafv2:CreateWebACL" in told
    assert {each.split("::")[1] for each in told} == {"WAFv2"}


def test_it_fits_into_a_managed_policy() -> None:
    assert len("".join(POLICY.read_text().split())) <= MOST_CHARACTERS
