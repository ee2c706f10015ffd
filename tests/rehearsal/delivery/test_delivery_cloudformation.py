"""CloudFormation actions whose role may not do all that they need."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.delivery.actions import cloudformation
from rehearsal.delivery.errors import ActionFailed


def refused(**_request: Any) -> Any:
    told = {"Code": "AccessDenied", "Message": "not authorized to perform: cloudformation:DescribeStacks"}
    raise ClientError({"Error": told}, "DescribeStacks")


def context(mode: str, **api: Any) -> Any:
    """An action that acts on the stack `portal` by this API."""
    return SimpleNamespace(
        action=SimpleNamespace(
            configuration={"ActionMode": mode, "StackName": "portal", "ChangeSetName": "change"}
        ),
        credentials=SimpleNamespace(client=lambda _service: SimpleNamespace(**api)),
        abandoned=threading.Event(),
        tell=lambda **_fields: None,
    )


def test_stack_that_may_not_be_seen_does_not_count_as_deleted() -> None:
    made = {"Status": "CREATE_COMPLETE", "StackId": "arn", "Changes": []}
    executing = context(
        "CHANGE_SET_EXECUTE",
        describe_change_set=lambda **_: made,
        execute_change_set=lambda **_: {},
        describe_stacks=refused,
        get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: []),
    )

    with pytest.raises(
        ActionFailed, match="portal: not authorized to perform: cloudformation:DescribeStacks"
    ):
        cloudformation.run(executing)


def test_stack_that_may_not_be_seen_does_not_count_as_new() -> None:
    with pytest.raises(
        ActionFailed, match="portal: not authorized to perform: cloudformation:DescribeStacks"
    ):
        cloudformation.run(context("CHANGE_SET_REPLACE", describe_stacks=refused))
