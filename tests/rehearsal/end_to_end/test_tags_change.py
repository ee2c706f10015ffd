"""Another owner: the tags of a running environment change, and nothing of it is replaced."""

from __future__ import annotations

import json

import pytest

from .conftest import Standing
from .test_seven_mutations import update

BEFORE, AFTER = "portal-team", "another-team"
# Of these every change makes another one: a revision of a task definition, a deployment of an API.
RENEWED = ("AWS::ECS::TaskDefinition", "AWS::ApiGateway::Deployment")


def physical_ids(standing: Standing, stack: str) -> dict[str, str]:
    """Logical id -> physical id."""
    pages = standing.client("cloudformation", stack=stack).get_paginator("list_stack_resources")
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] not in RENEWED
    }


@pytest.mark.parametrize("stack", ["foundation-dev", "data-dev", "portal-dev"])
def test_tags_change_in_place(standing: Standing, stack: str) -> None:
    cloudformation = standing.client("cloudformation", stack=stack)
    whole = cloudformation.get_template(StackName=stack)["TemplateBody"]
    before = physical_ids(standing, stack)
    assert BEFORE in json.dumps(whole)
    try:
        update(standing, stack, json.loads(json.dumps(whole).replace(BEFORE, AFTER)))
        assert physical_ids(standing, stack) == before
    finally:
        update(standing, stack, whole)
