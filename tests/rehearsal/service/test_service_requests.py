"""Requests are read by the service's model: AWS's own words for each way to be wrong."""

import json
from typing import Any

import botocore.session
import pytest

from rehearsal.delivery.service.errors import ConstraintError, RefusedError
from rehearsal.delivery.service.requests import LONGEST_BODY, read


def _input(operation: str, service: str = "codepipeline") -> Any:
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape


def _read(operation: str, **parameters: Any) -> dict[str, Any]:
    return read(_input(operation), json.dumps(parameters).encode())


def test_members_that_the_model_lacks_and_nulls_are_left_out() -> None:
    assert _read("GetPipeline", name="delivery", version=None, colour="blue") == {"name": "delivery"}


def test_missing_member_is_named() -> None:
    with pytest.raises(ConstraintError) as refused:
        _read("GetPipeline")
    assert str(refused.value) == (
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "rule"),
    [
        ("GetPipeline", {"name": "two words"}, "satisfy regular expression pattern"),
        ("GetPipeline", {"name": "delivery\n"}, "satisfy regular expression pattern"),
        ("GetPipeline", {"name": ""}, "have length greater than or equal to 1"),
        ("GetPipeline", {"name": "x" * 101}, "have length less than or equal to 100"),
        ("GetPipeline", {"name": "x", "version": 0}, "have value greater than or equal to 1"),
        ("ListPipelines", {"maxResults": 1001}, "have value less than or equal to 1000"),
        (
            "EnableStageTransition",
            {"pipelineName": "x", "stageName": "x", "transitionType": "inbound"},
            "satisfy enum value set: [Inbound, Outbound]",
        ),
    ],
)
def test_broken_constraint_is_told_in_aws_words(
    operation: str, parameters: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ConstraintError, match="failed to satisfy constraint: Member must ") as refused:
        _read(operation, **parameters)
    assert rule in str(refused.value)


def test_every_broken_constraint_is_told_with_its_path() -> None:
    with pytest.raises(ConstraintError) as refused:
        _read("TagResource", resourceArn="x", tags=[{"key": "", "value": "v"}])
    assert str(refused.value).startswith("2 validation errors detected: ")
    assert "at 'resourceArn'" in str(refused.value)
    assert "at 'tags.1.member.key'" in str(refused.value)


def test_message_stays_short_whatever_is_sent() -> None:
    with pytest.raises(ConstraintError) as refused:
        _read("TagResource", resourceArn="x" * 9999, tags=[{"key": "k" * 999, "value": "v" * 999}] * 999)
    assert len(str(refused.value)) < 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"delivery"',
        b"null",
        b'{"name": 7}',
        b'{"name": ["delivery"]}',
        b'{"name": "x", "version": 1.5}',
        b'{"name": "x", "version": "1"}',
        b'{"name": "x", "version": true}',
        b'{"name": "x", "version": 4294967296}',
        b'{"name": "x", "version": NaN}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name": "x", "version": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_or_of_another_type_cannot_be_read(body: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        read(_input("GetPipeline"), body)
    assert refused.value.code == "SerializationException"


def test_null_in_a_list_or_a_map_cannot_be_read() -> None:
    with pytest.raises(RefusedError):
        _read("UntagResource", resourceArn="x", tagKeys=[None])


def test_body_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(RefusedError) as refused:
        read(_input("GetPipeline"), b" " * (LONGEST_BODY + 1))
    assert refused.value.status == 413


def test_empty_body_is_an_empty_request() -> None:
    assert read(_input("ListPipelines"), b"") == {}
