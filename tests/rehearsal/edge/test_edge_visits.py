"""Visits to a door that go wrong on their way, and doors that are asked for by many at once."""

import asyncio
import json
from typing import Any

import pytest

from rehearsal.cloud import Cloud

pytestmark = pytest.mark.usefixtures("cloud")  # the emulator may be imported while it stands


class Visit:
    """A request whose body comes in these messages; `handed_over` are the bodies that reached the plane."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, plane: Any) -> None:
        from rehearsal.edge import names, planes

        self.handed_over: list[bytes] = []
        self.sent: list[dict[str, Any]] = []
        self._door = names.Door(plane, tls=False)
        monkeypatch.setitem(planes.PLANES, plane, self._plane)

    async def _plane(self, _subject: str, request: Any) -> Any:
        self.handed_over.append(request.body)
        return 200, {}, b""

    def of(self, *messages: dict[str, Any]) -> list[int]:
        """The statuses that were answered."""
        from rehearsal.edge import visits

        coming = iter(messages)

        async def receive() -> dict[str, Any]:
            return next(coming)

        async def send(message: dict[str, Any]) -> None:
            self.sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [(b"host", b"api.bank.example")],
            "client": ("127.0.0.1", 1),
        }
        asyncio.run(visits.serve(self._door, scope, receive, send))
        return [message["status"] for message in self.sent if "status" in message]


def part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_request_is_handed_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit(monkeypatch, "alb")

    assert visit.of(part(b"one "), part(b"two", more=False)) == [200]
    assert visit.handed_over == [b"one two"]


def test_request_that_breaks_off_reaches_no_target(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit(monkeypatch, "alb")

    assert visit.of(part(b"transfer 1000 to"), {"type": "http.disconnect"}) == []
    assert visit.handed_over == []


def test_api_gateway_takes_ten_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    visit, megabyte = Visit(monkeypatch, "apigateway"), b"x" * 1024 * 1024

    assert visit.of(*[part(megabyte)] * 10, part(b"x"), part(b"", more=False)) == [413]
    assert visit.handed_over == []
    assert json.loads(visit.sent[1]["body"]) == {"message": "HTTP content length exceeded 10485760 bytes."}
    assert visit.of(*[part(megabyte)] * 10, part(b"", more=False)) == [413, 200]


def test_door_is_opened_once_for_all_who_ask_at_once(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from rehearsal.edge import doors, names

    opened = []

    async def serve(_application: Any, config: Any, *, shutdown_trigger: Any) -> None:
        opened.append(config)
        await shutdown_trigger()
        await asyncio.sleep(0.05)  # a server ends what it is at

    monkeypatch.setattr(doors, "serve", serve)
    old, new = (names.Door("alb", tls=False, subject=f"{name}-listener") for name in ("old", "new"))

    async def ask() -> list[names.Address]:
        made: Any = doors.Doors
        standing = made(authority=None)
        await standing.open(old)
        addresses = await asyncio.gather(standing.open(new), standing.open(new))
        await standing.close()
        return list(addresses)

    first, second = asyncio.run(ask())
    assert first == second
    assert len(opened) == 2
