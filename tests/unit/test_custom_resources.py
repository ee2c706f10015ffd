"""CDK's own functions: their names, their logs, and what their roles may do with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.templates import Stage, Template, actions

PROVIDERS = {
    "restrict-default-sg": "foundation",
    "auto-delete-objects": "portal",
    "bucket-deployment": "portal",
}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_provider_may_write_to_its_log_group_and_create_none(stage: Stage, kind: str) -> None:
    template: Template = getattr(stage, PROVIDERS[kind])
    function = template.one("AWS::Lambda::Function", FunctionName=f"{kind}-test")
    group = template.id_of("AWS::Logs::LogGroup", LogGroupName=f"/aws/lambda/{kind}-test")
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": group}}
    role = function["Role"]["Fn::GetAtt"][0]
    (about_logs,) = [each for each in _statements(template, role) if "logs:" in json.dumps(each)]
    assert actions(about_logs) == ["logs:CreateLogStream", "logs:PutLogEvents"]
    # The reference also makes the group outlive the role and the function: their last lines find it.
    assert about_logs["Resource"] == {"Fn::GetAtt": [group, "Arn"]}


def _statements(template: Template, role: str) -> list[dict[str, Any]]:
    properties = template.body["Resources"][role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    documents += [
        policy["PolicyDocument"]
        for policy in template.properties("AWS::IAM::Policy")
        if {"Ref": role} in policy["Roles"]
    ]
    return [statement for document in documents for statement in document["Statement"]]
