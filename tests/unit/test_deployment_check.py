"""The check before a deployment: what it reads of an account, and how it tells what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.check.__main__ import CannotCompareError, compare_with_deployed, stacks_of
from pipeline.check.report import as_text
from rehearsal.assembly import Stack, Target

TARGET = Target(account="111111111111", region="us-east-1")
EXPORTED = {"Outputs": {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "topic"}}}}


class CloudFormation:
    """Answers as CloudFormation does, of these stacks: status and template by name."""

    def __init__(
        self, stacks: Mapping[str, tuple[str, dict[str, Any]]], imports: Mapping[str, list[str]]
    ) -> None:
        self._stacks, self._imports = stacks, imports

    def client(self, service: str) -> CloudFormation:
        assert service == "cloudformation"
        return self

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        if StackName not in self._stacks:
            raise _error("DescribeStacks", f"Stack with id {StackName} does not exist")
        return {"Stacks": [{"StackStatus": self._stacks[StackName][0]}]}

    def get_template(self, *, StackName: str, TemplateStage: str) -> dict[str, Any]:  # noqa: N803
        assert TemplateStage == "Original"
        return {"TemplateBody": self._stacks[StackName][1]}

    def get_paginator(self, operation: str) -> CloudFormation:
        assert operation == "list_imports"
        return self

    def paginate(self, *, ExportName: str) -> list[dict[str, Any]]:  # noqa: N803
        if ExportName not in self._imports:
            raise _error("ListImports", f"Export '{ExportName}' is not imported by any stack.")
        return [{"Imports": self._imports[ExportName]}]


def _error(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)


def topic(name: str, **more: Any) -> dict[str, Any]:
    return {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}, **more}


def stack(template: dict[str, Any]) -> Stack:
    return Stack(id="pipeline/dev/One", name="one", target=TARGET, template=template)


def text_of(
    template: dict[str, Any], deployed: Mapping[str, tuple[str, dict[str, Any]]], **imports: list[str]
) -> str:
    found, stuck = compare_with_deployed([stack(template)], CloudFormation(deployed, imports))
    refusals = [*stuck, *(sentence for each in found for sentence in each.refusals)]
    return as_text("dev", found, refusals)


def test_an_account_without_the_stack_gets_all_of_it() -> None:
    assert text_of(topic("a"), {}) == (
        "one: 1 added\n"
        "  added AWS::SNS::Topic a (one, Topic)\n"
        "AWS would take this deployment of dev, as far as its templates tell."
    )


def test_the_same_template_changes_nothing() -> None:
    assert text_of(topic("a"), {"one": ("UPDATE_COMPLETE", topic("a"))}).startswith("one: no change\n")


def test_what_another_stack_imports_is_refused_by_its_name() -> None:
    deployed = {"one": ("CREATE_COMPLETE", topic("a", **EXPORTED))}
    said = text_of(topic("a"), deployed, topic=["theirs"])
    assert "the export 'topic' goes, and theirs imports it" in said
    assert "AWS would refuse this deployment of dev. Nothing of it was made." in said


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name one"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name one"),
        ("UPDATE_IN_PROGRESS", "wait until CloudFormation has finished"),
    ],
)
def test_a_stack_that_takes_no_change_set_leads_to_its_way_out(status: str, way_out: str) -> None:
    assert way_out in text_of(topic("a"), {"one": (status, topic("a"))})


def test_an_unknown_environment_leads_to_those_of_the_assembly(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps(topic("a")))
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": TARGET.url,
        "displayName": "pipeline/dev/One",
        "properties": {"templateFile": "t.json", "stackName": "one"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"one": artifact}}))

    assert [each.name for each in stacks_of("dev", tmp_path)] == ["one"]
    with pytest.raises(CannotCompareError, match="environment 'dve': use one of dev"):
        stacks_of("dve", tmp_path)
