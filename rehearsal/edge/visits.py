"""A visit to a door: one request read whole, handed to the plane behind the door, and its answer sent."""

from __future__ import annotations

import json
from typing import Any

import ministack.app
from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import StreamingResponse

from rehearsal.cloud.callers import guarded

from . import planes
from .names import Door

LONGEST_BODY = {"apigateway": 10 * 1024 * 1024}
"""Bytes of a request's body, by plane: API Gateway's quota for a payload."""

LONGEST_OTHER_BODY = 256 * 1024 * 1024
"""Elsewhere AWS takes more (CloudFront) or has no limit (a load balancer); here it is kept in memory."""

_local_aws = guarded(ministack.app.app)
_CONNECTION_HEADERS = {"transfer-encoding", "connection", "keep-alive"}


class _GoneError(Exception):
    """The client hung up before its request was whole."""


class _TooLongError(Exception):
    """The request's body is longer than the plane takes."""


async def serve(door: Door, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of one door."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1003})
        return
    pin_request_origin(scope["client"][0], door.tls)
    if door.plane == "api":
        await _local_aws(scope, receive, send)
        return
    if door.plane == "s3":
        await _serve_s3(scope, receive, send)
        return
    limit = LONGEST_BODY.get(door.plane, LONGEST_OTHER_BODY)
    try:
        request = _request(scope, await _body(receive, limit))
    except _GoneError:
        return
    except _TooLongError:
        await _answer(_request(scope, b""), *_too_long(limit), receive, send)
        return
    status, headers, body = await planes.PLANES[door.plane](door.subject, request)
    await _answer(request, status, headers, body, receive, send)


async def _serve_s3(scope: dict[str, Any], receive: Any, send: Any) -> None:
    request = _request(scope, b"")
    refusal = planes.s3_refusal(request)
    if refusal is None:
        await ministack.app.app(scope, receive, send)
        return
    await _answer(request, *refusal, receive, send)


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Any, limit: int) -> bytes:
    """The whole body. Raises _GoneError for a client that hangs up in it, _TooLongError for more than `limit` bytes."""
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _TooLongError
        if not message.get("more_body"):
            return b"".join(chunks)


def _too_long(limit: int) -> planes.Answer:
    told = json.dumps({"message": f"HTTP content length exceeded {limit} bytes."}).encode()
    return 413, {"content-type": "application/json"}, told


def _request(scope: dict[str, Any], body: bytes) -> planes.Request:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joint = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{joint}{value}" if name in headers else value
    return planes.Request(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers=headers,
        body=body,
        client=scope["client"][0],
        tls=scope["scheme"] == "https",
    )


async def _answer(
    request: planes.Request, status: int, headers: Any, body: Any, receive: Any, send: Any
) -> None:
    streamed = isinstance(body, StreamingResponse)
    content = b"" if streamed else body if isinstance(body, bytes) else str(body).encode()
    # A body that is here may have been rewritten on its way; only a stream and HEAD keep the length they were told.
    dropped = _CONNECTION_HEADERS | (set() if streamed or request.method == "HEAD" else {"content-length"})
    fields = [
        (name.lower().encode("latin-1"), str(each).encode("latin-1"))
        for name, value in headers.items()
        if name.lower() not in dropped
        for each in (value if isinstance(value, list) else [value])
    ]
    if "content-length" in dropped and status >= 200 and status not in (204, 304):
        fields.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": fields})
    if streamed:
        await body.runner(send, receive)
    else:
        await send({"type": "http.response.body", "body": content if request.method != "HEAD" else b""})
