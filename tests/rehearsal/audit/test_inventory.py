"""What is left of a destroyed stack is found, in the account where it is."""

import re
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from rehearsal.audit.inventory import identifiers, left_over, take_inventory, title
from rehearsal.audit.rows import ROWS, Row, row, under

ACCOUNT = "111111111111"


@cache
def service_model(service: str) -> Any:
    return Session().get_service_model(service)


class FakeService:
    """Answers every listing from a table of method and arguments, without pages."""

    def __init__(self, answers: dict[tuple[str, str | None], dict[str, Any]]) -> None:
        self._answers = answers

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, method: str) -> Any:
        return lambda **arguments: self._answers[method, next(iter(arguments.values()), None)]


@pytest.mark.parametrize("listing", ROWS, ids=title)
def test_every_listing_is_an_operation_of_its_service(listing: Row) -> None:
    model = service_model(listing.service)
    operations = {xform_name(name): name for name in model.operation_names}
    operation = model.operation_model(operations[listing.method])
    given = {*listing.arguments, *filter(None, [listing.each_as])}
    assert given <= set(operation.input_shape.members if operation.input_shape else {})
    first_step = re.match(r"\w+", listing.ids)
    assert first_step
    assert first_step[0] in operation.output_shape.members


def test_listings_have_names_of_their_own() -> None:
    names = [title(listing) for listing in ROWS]
    assert len(names) == len(set(names))


def test_children_are_listed_under_each_parent() -> None:
    parents = row("ecs", "list_clusters", "clusterArns[]", "ECS::Cluster")
    children = under(parents, "cluster", "ecs", "list_services", "serviceArns[]", "ECS::Service")
    answers: dict[tuple[str, str | None], dict[str, Any]] = {
        ("list_clusters", None): {"clusterArns": ["one", "two"]},
        ("list_services", "one"): {"serviceArns": ["frontend"]},
        ("list_services", "two"): {"serviceArns": []},
    }
    found = identifiers(children, lambda *_: FakeService(answers), ACCOUNT)
    assert found == ["one frontend"]


def test_what_was_there_before_is_not_left_over() -> None:
    before = {ACCOUNT: {"ec2 vpcs": ["vpc-default"], "s3 buckets": ["bootstrap"]}}
    after = {ACCOUNT: {"ec2 vpcs": ["vpc-default", "vpc-portal"], "s3 buckets": ["bootstrap"]}}
    assert left_over(before, after) == {ACCOUNT: {"ec2 vpcs": ["vpc-portal"]}}


def test_an_account_that_was_not_listed_before_is_left_over_whole() -> None:
    after = {"222222222222": {"ec2 vpcs": ["vpc-portal"]}}
    assert left_over({}, after) == {"222222222222": {"ec2 vpcs": ["vpc-portal"]}}


def test_an_inventory_covers_every_account_and_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = row("ec2", "describe_vpcs", "Vpcs[].VpcId", "EC2::VPC")
    monkeypatch.setattr("rehearsal.audit.inventory.ROWS", (one,))
    vpcs = {"111111111111": ["vpc-b", "vpc-a"], "222222222222": []}

    def client_of(_service: str, account: str) -> FakeService:
        found = {"Vpcs": [{"VpcId": name} for name in vpcs[account]]}
        return FakeService({("describe_vpcs", None): found})

    assert take_inventory(client_of, list(vpcs)) == {
        "111111111111": {"ec2 vpcs": ["vpc-a", "vpc-b"]},
        "222222222222": {"ec2 vpcs": []},
    }
