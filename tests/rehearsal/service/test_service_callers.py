"""Only programs on this machine may ask, since a build runs commands."""

import http.client
import json
from typing import Any

import pytest

from rehearsal.cloud.callers import refusal
from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.delivery.world import PATIENCE_SECONDS
from tests.rehearsal.service.world import World


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:4566"},
        {"host": "localhost:4566"},
        {"host": "[::1]:4566"},
        {"host": "codepipeline.us-east-1.amazonaws.com"},
        {"host": "127.0.0.1:4566", "origin": "http://127.0.0.1:4566"},
    ],
)
def test_programs_on_this_machine_may_ask(headers: dict[str, str]) -> None:
    assert refusal(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": ""},
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:4566"},
        {"host": "evil-amazonaws.com"},
        {"host": "10.0.0.1"},
        {"host": "[::1"},
        {"host": "127.0.0.1:4566", "origin": "https://evil.example"},
        {"host": "127.0.0.1:4566", "origin": "http://127.0.0.1:8080"},
        {"host": "127.0.0.1:4566", "origin": "null"},
    ],
)
def test_foreign_names_and_web_pages_may_not_ask(headers: dict[str, str]) -> None:
    assert refusal(headers)


@pytest.mark.parametrize(
    "target",
    [
        "CodePipeline_20150709.ListPipelines",
        "CodeBuild_20161006.ListProjects",
        "DynamoDB_20120810.ListTables",
    ],
)
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_refused_caller_gets_an_aws_error(world: World, headers: dict[str, str], target: str) -> None:
    status, answer = ask(world, target, b"{}", headers)

    assert (status, answer["__type"]) == (403, "AccessDeniedException")


def ask(world: World, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """A request as it is on the wire, without boto3's help; signed by the account, whose signature nobody checks."""
    scope = f"{ACCOUNT}/20261122/us-east-1/codepipeline/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    connection = http.client.HTTPConnection(
        world.cloud.endpoint.removeprefix("http://"), timeout=PATIENCE_SECONDS
    )
    try:
        connection.request(
            "POST", "/", body=body, headers={"X-Amz-Target": target, "Authorization": signed, **headers}
        )
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()
