"""Conditions over a list of texts, as `cdk bootstrap` has them for the policies of the execution role."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud import stacks

from .conftest import stack_name


@pytest.mark.parametrize(
    ("given", "made"), [("", "none"), ("one", "some"), ("one,two", "some")], ids=["none", "one", "two"]
)
def test_a_list_is_compared_when_it_is_joined(
    client: Callable[[str], Any], request: pytest.FixtureRequest, given: str, made: str
) -> None:
    template = {
        "Parameters": {"List": {"Type": "CommaDelimitedList", "Default": "unused"}},
        "Conditions": {"Some": {"Fn::Not": [{"Fn::Equals": ["", {"Fn::Join": ["", {"Ref": "List"}]}]}]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Made": {"Value": {"Fn::If": ["Some", "some", "none"]}}},
    }
    name = stack_name(request)
    outputs = stacks.deploy(client("cloudformation"), name, template, parameters={"List": given})
    stacks.delete(client("cloudformation"), name)
    assert outputs == {"Made": made}


def test_parts_are_joined_one_by_one(client: Callable[[str], Any], request: pytest.FixtureRequest) -> None:
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Conditions": {"Is": {"Fn::Equals": ["a-b", {"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Made": {"Value": {"Fn::If": ["Is", "same", "other"]}}},
    }
    name = stack_name(request)
    outputs = stacks.deploy(client("cloudformation"), name, template, parameters={"Name": "b"})
    stacks.delete(client("cloudformation"), name)
    assert outputs == {"Made": "same"}
