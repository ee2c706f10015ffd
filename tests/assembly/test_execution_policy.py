"""docs/policies/execution.json lets CloudFormation make, change and remove each type of resource of the templates."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any, get_args

import pytest

from rehearsal.cloud.auth.handlers import Verb, alternatives
from tests.assembly.iam_database import problems
from tests.assembly.policies import listed
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
    allowed = [action for each in statements for action in listed(each["Action"])]
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


def test_every_policy_file_says_what_iam_knows() -> None:
    files = sorted(POLICY.parent.glob("*.json"))
    assert POLICY in files
    found = [
        problem
        for file in files
        for each in json.loads(file.read_text())["Statement"]
        for problem in problems(listed(each["Action"]), listed(each["Resource"]), each.get("Condition", {}))
    ]
    assert found == []


def test_the_parameters_of_the_templates_can_be_read(policy: dict[str, Any], synthesis: Synthesis) -> None:
    # Whoever makes a group from a launch template with such an image must be able to read the parameter:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    allowed = [
        resource
        for each in policy["Statement"]
        if each["Action"] == "ssm:GetParameters"
        for resource in listed(each["Resource"])
    ]
    used = {
        f"arn:aws:ssm:{template.region}::parameter{name}"
        for template in synthesis.templates
        for name in re.findall(r"resolve:ssm:(/[\w/.-]+)", json.dumps(template.body))
    }
    assert used
    assert [arn for arn in used if not any(fnmatchcase(arn, pattern) for pattern in allowed)] == []


def test_it_fits_into_a_managed_policy() -> None:
    assert len("".join(POLICY.read_text().split())) <= MOST_CHARACTERS
