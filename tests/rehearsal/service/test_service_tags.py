"""The tags of a pipeline, asked by boto3."""

from typing import Any

import pytest

from tests.rehearsal.delivery.pieces import ACCOUNT, approval, pipeline, source, stage
from tests.rehearsal.service.world import World

ARN = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:delivery"


def _gated(**more: Any) -> dict[str, Any]:
    return pipeline(source(), stage("Gate", approval()), **more)


def test_tags_are_added_changed_and_removed(world: World) -> None:
    world.deploy(_gated(Tags=[{"Key": "owner", "Value": "platform"}]))
    api = world.codepipeline

    api.tag_resource(
        resourceArn=ARN, tags=[{"key": "owner", "value": "portal"}, {"key": "cost", "value": "1"}]
    )
    pages = api.get_paginator("list_tags_for_resource").paginate(
        resourceArn=ARN, PaginationConfig={"PageSize": 1}
    )
    assert [tag for page in pages for tag in page["tags"]] == [
        {"key": "cost", "value": "1"},
        {"key": "owner", "value": "portal"},
    ]

    api.untag_resource(resourceArn=ARN, tagKeys=["cost", "never"])
    assert api.list_tags_for_resource(resourceArn=ARN)["tags"] == [{"key": "owner", "value": "portal"}]


def test_tags_that_aws_refuses_are_refused(world: World) -> None:
    world.deploy(_gated())
    errors = world.codepipeline.exceptions

    with pytest.raises(errors.InvalidTagsException):
        world.codepipeline.tag_resource(resourceArn=ARN, tags=[{"key": "aws:x", "value": "1"}])
    many = [{"key": str(n), "value": ""} for n in range(51)]
    with pytest.raises(errors.TooManyTagsException):
        world.codepipeline.tag_resource(resourceArn=ARN, tags=many)
    stranger = world.cloud.client("codepipeline", "222222222222")
    for client, arn in ((world.codepipeline, f"{ARN}x"), (stranger, ARN)):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.list_tags_for_resource(resourceArn=arn)
