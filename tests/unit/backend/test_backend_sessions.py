"""The sessions API: a round trip, its lists, and what it refuses."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.unit.backend.aws import Aws

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def opened(client: httpx.Client, customer: str = "c-1001", device: str = "phone") -> dict[str, str]:
    answer = client.post("/api/sessions", json={"customer_id": customer, "device_id": device})
    assert answer.status_code == 201, answer.text
    session: dict[str, str] = answer.json()
    return session


def test_a_session_is_opened_read_and_closed(client: httpx.Client, aws: Aws) -> None:
    answer = client.post("/api/sessions", json={"customer_id": "c-round", "device_id": "laptop"})
    session, path = answer.json(), answer.headers["location"]

    assert path == f"/api/sessions/{session['session_id']}"
    assert 29 * 60 < session["expires_at"] - time.time() < 31 * 60
    assert client.get(path).json() == session
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404
    events = [e for e in aws.items("session-events") if e["session_id"]["S"] == session["session_id"]]
    assert sorted(event["kind"]["S"] for event in events) == ["closed", "opened"]


@pytest.mark.parametrize("owner", ["customers", "devices"])
def test_an_owner_s_sessions_are_listed_newest_first(client: httpx.Client, owner: str) -> None:
    one = f"list-{owner}"
    sessions = [opened(client, customer=one, device=one) for _ in range(3)]
    opened(client, customer="somebody-else", device="something-else")

    listed = client.get(f"/api/{owner}/{one}/sessions").json()
    newest = client.get(f"/api/{owner}/{one}/sessions", params={"limit": 1}).json()

    assert {s["session_id"] for s in listed["sessions"]} == {s["session_id"] for s in sessions}
    assert [s["created_at"] for s in listed["sessions"]] == sorted(
        (s["created_at"] for s in sessions), reverse=True
    )
    assert not listed["more"]
    assert len(newest["sessions"]) == 1
    assert newest["more"]


def test_an_expired_session_is_gone_before_the_table_sweeps_it(client: httpx.Client, aws: Aws) -> None:
    session = opened(client, customer="c-expired")
    aws.expire("sessions", session["session_id"])

    assert client.get(f"/api/sessions/{session['session_id']}").status_code == 404
    assert client.get("/api/customers/c-expired/sessions").json()["sessions"] == []


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 400, "JSON"),
        (b"{", 400, "JSON"),
        (b"[]", 400, "object"),
        (b'"\xff"', 400, "UTF-8"),
        (b"{}", 400, "customer_id"),
        (b'{"customer_id": "c-1"}', 400, "device_id"),
        (b'{"customer_id": "c-1", "device_id": 7}', 400, "device_id"),
        (b'{"customer_id": "#readiness", "device_id": "d"}', 400, "customer_id"),
        (b'{"customer_id": "c-1", "device_id": "d", "admin": true}', 400, "only"),
        (b'{"x": "' + b"y" * 20_000 + b'"}', 413, "bytes"),
    ],
)
def test_a_bad_session_is_refused_with_a_reason(
    client: httpx.Client, body: bytes, status: int, named: str
) -> None:
    answer = client.post("/api/sessions", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status
    assert named in answer.json()["error"]["message"]


def test_a_body_without_a_length_is_bounded_too(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1024

    answer = client.post("/api/sessions", content=endless(), headers={"content-type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/api/sessions/{UNKNOWN}", 404, "no_session"),
        ("GET", "/api/sessions/%23readiness", 404, "no_session"),
        ("GET", "/api/customers/%23readiness/sessions", 400, "invalid_value"),
        ("GET", "/api/customers/c-1/sessions?limit=0", 400, "invalid_value"),
        ("GET", "/api/customers/c-1/sessions?limit=101", 400, "invalid_value"),
        ("GET", "/api/nothing", 404, "no_such_path"),
        ("GET", "/", 404, "no_such_path"),
        ("PUT", "/api/sessions", 405, "method_not_allowed"),
        ("POST", "/api/sessions", 415, "unsupported_media_type"),
    ],
)
def test_what_the_api_does_not_have_it_says_in_json(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["x-served-by"] == "backend"
