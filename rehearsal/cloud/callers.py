"""Who may ask: programs on this machine, and no web page that a browser on it shows.

StartBuild and functions run commands, and the endpoint stands on loopback without a secret: a page could reach it
by a cross-site request, or by a name of its own that it lets resolve to 127.0.0.1.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

_NAMES = ("localhost", "amazonaws.com", "amazonaws.com.cn", "api.aws")


def refusal(headers: Mapping[str, str]) -> str | None:
    """Why a request with these headers (names in lower case) is refused; None if it is not."""
    host = headers.get("host", "")
    if not _is_ours(host):
        return f"the Host '{host[:100]}' is neither this machine nor AWS's"
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return f"web pages of '{origin[:100]}' may not ask"
    # An image or a link of a page says no origin, but every browser says that it asks for one.
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return "web pages of other origins may not ask"
    return None


def guarded(app: Asgi) -> Asgi:
    """The application, for requests that are not refused; a refused one is answered 403 before it is read."""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        reason = None
        if scope["type"] in ("http", "websocket"):
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
            }
            reason = refusal(headers)
        if reason is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = json.dumps({"__type": "AccessDeniedException", "message": reason}).encode()
            content = [
                (b"content-type", b"application/x-amz-json-1.1"),
                (b"content-length", str(len(body)).encode()),
            ]
            await send({"type": "http.response.start", "status": 403, "headers": content})
            await send({"type": "http.response.body", "body": body})

    return guard


def _is_ours(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return any(name == ours or name.endswith(f".{ours}") for ours in _NAMES)
