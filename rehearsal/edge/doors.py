"""Sockets for the deployed endpoints: each door is opened on a free loopback port when a name first leads to it."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from functools import partial
from typing import Any

import ministack.app
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import StreamingResponse
from ministack.services import alb

from . import deployed, planes
from .authority import Authority
from .names import Address, Door
from .tls import server_context

_CONNECTION_HEADERS = {"transfer-encoding", "connection", "keep-alive"}
_log = logging.getLogger(__name__)


class Doors:
    """The open doors. All methods run on the emulator's event loop."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._open: dict[Door, tuple[Address, asyncio.Event, asyncio.Task[None]]] = {}

    async def open(self, door: Door) -> Address:
        """Where a door listens; the door is opened if it is not."""
        if door not in self._open:
            await self._close({other for other in self._open if other.plane == "alb" and not _stands(other)})
            listening = socket.create_server(("127.0.0.1", 0))
            address = Address(*listening.getsockname())
            config = _config(door, listening, self._authority)
            closing = asyncio.Event()
            application: Any = partial(_serve, door)
            task = asyncio.create_task(serve(application, config, shutdown_trigger=closing.wait))
            self._open[door] = (address, closing, task)
            _log.info("%s listens on %s:%d", door, address.host, address.port)
        return self._open[door][0]

    async def close(self) -> None:
        """Close every door and wait until their sockets are closed."""
        await self._close(set(self._open))

    async def _close(self, doors: set[Door]) -> None:
        closed = [self._open.pop(door) for door in doors]
        for _, closing, _ in closed:
            closing.set()
        await asyncio.gather(*(task for _, _, task in closed), return_exceptions=True)


class _DoorConfig(Config):
    """Hypercorn's settings with a TLS context of ours in place of one certificate file."""

    context: ssl.SSLContext | None = None

    @property
    def ssl_enabled(self) -> bool:
        return self.context is not None

    def create_ssl_context(self) -> ssl.SSLContext | None:
        return self.context


def _config(door: Door, listening: socket.socket, authority: Authority) -> Config:
    config = _DoorConfig()
    config.bind = [f"fd://{listening.detach()}"]
    config.include_server_header = config.include_date_header = False
    config.loglevel = "WARNING"
    config.graceful_timeout = config.shutdown_timeout = 0.5
    config.keep_alive_timeout = 60
    if door.tls:
        config.context = server_context(door.policy, partial(_certificate_names, door), authority)
    return config


def _stands(door: Door) -> bool:
    """Whether the listener of a load balancer's door is still deployed."""
    return any(owned.key == door.subject for owned in deployed.everywhere(alb._listeners))


def _certificate_names(door: Door, sni: str) -> frozenset[str]:
    """The names of the certificate that the deployed endpoint presents to a client that asks for `sni`."""
    if door.plane == "alb":
        for owned in deployed.everywhere(alb._listeners):
            if owned.key == door.subject:
                return deployed.listener_certificate(owned.record)
        return frozenset()
    if door.plane == "cloudfront":
        distribution = None if sni.endswith(".cloudfront.net") else deployed.distribution(sni)
        arn = (
            deployed.viewer_certificate(distribution.record).get("ACMCertificateArn")
            if distribution
            else None
        )
        return deployed.certificate_names(arn) if arn else frozenset({"*.cloudfront.net"})
    if door.plane == "apigateway":
        domain = deployed.custom_domain(sni)
        if domain is None:
            return frozenset({f"*.execute-api.{deployed.GLOBAL_REGION}.amazonaws.com"})
        return deployed.certificate_names(
            domain.record["regionalCertificateArn"] or domain.record["certificateArn"]
        )
    return frozenset({f"*.s3.{deployed.GLOBAL_REGION}.amazonaws.com", "*.s3.amazonaws.com"})


async def _serve(door: Door, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of one door."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1003})
        return
    pin_request_origin(scope["client"][0], door.tls)
    if door.plane == "s3":
        await _serve_s3(scope, receive, send)
        return
    request = _request(scope, await _body(receive))
    status, headers, body = await planes.PLANES[door.plane](door.subject, request)
    await _answer(request, status, headers, body, receive, send)


async def _serve_s3(scope: dict[str, Any], receive: Any, send: Any) -> None:
    request = _request(scope, b"")
    refusal = planes.s3_refusal(request)
    if refusal is None:
        await ministack.app.app(scope, receive, send)
        return
    await _body(receive)
    await _answer(request, *refusal, receive, send)


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Any) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


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
