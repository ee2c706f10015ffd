"""An HTTP proxy on loopback: deployed names lead to their doors, every other host passes through untouched.

It also answers `GET /resolve?name=&port=` for programs that connect by themselves (see `_resolution`).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

from .upstream import Upstream, authorization
from .wire import (
    HEAD_LIMIT,
    Head,
    Refused,
    Stream,
    end,
    host_and_port,
    join,
    read_head,
    read_status,
    reply,
)

_log = logging.getLogger(__name__)
_PORT = re.compile(r"[0-9]{1,5}")
_HIGHEST_PORT = 65535

Route = Callable[[str, int], Awaitable[tuple[str, int] | None]]
"""Name and port -> where to connect; None for a host that nobody deployed; LookupError if it is not to be reached."""


class Proxy:
    """The proxy's server; `route` knows what is deployed, `upstream` the user's own way out."""

    def __init__(self, route: Route, upstream: Upstream) -> None:
        self._route = route
        self._upstream = upstream
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on a free port of 127.0.0.1 and give it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs each connection in a task of its own
        self._clients.add(task)
        try:
            await self._handle(Stream(reader, writer))
        except Refused as refusal:
            _log.info("%s", refusal)
            await reply(writer, refusal.status, {"error": str(refusal)})
        except (OSError, asyncio.IncompleteReadError) as error:
            _log.info("a connection ended: %s", error)
        except asyncio.CancelledError:
            # By stop(); asyncio's streams would report a cancelled connection as a fault.
            _log.debug("a connection was cut")
            writer.transport.abort()
        except Exception:  # the client would see nothing but an end
            _log.exception("a request failed")
            await reply(writer, 500, {"error": "the rehearsal's proxy failed: see its log"})
        finally:
            self._clients.discard(task)
            await end(writer)

    async def _handle(self, client: Stream) -> None:
        head = await read_head(client.reader)
        if head.method == "CONNECT":
            server = await self._tunnel(head)
            client.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        elif head.target.startswith("/"):
            await reply(client.writer, 200, await self._resolution(head))
            return
        else:
            server = await self._forward(head)
        try:
            await join(client, server)
        finally:
            await end(server.writer)

    async def _tunnel(self, head: Head) -> Stream:
        host, port = host_and_port(f"//{head.target}", None)
        address = await self._address(host, port)
        proxy = None if address else self._upstream.proxy_for(host, "https")
        if proxy is None:
            return await _connect(*(address or (host, port)))
        server = await self._connect_upstream(proxy)
        lines = [f"CONNECT {head.target} HTTP/1.1", f"Host: {head.target}", *authorization(proxy), "", ""]
        try:
            server.writer.write("\r\n".join(lines).encode("latin-1"))
            status_line = await read_status(server.reader)
            if status_line.split()[1:2] != ["200"]:
                raise Refused(502, f"it answered {status_line[:200]!r}")
        except BaseException as error:
            await end(server.writer)
            if isinstance(error, Refused):
                raise Refused(502, f"{host}: the upstream proxy {proxy.hostname}: {error}") from error
            raise
        return server

    async def _forward(self, head: Head) -> Stream:
        if not head.target.lower().startswith("http://"):
            raise Refused(400, f"target {head.target!r}: use CONNECT, or an absolute http:// URL")
        host, port = host_and_port(head.target, 80)
        netloc = urlsplit(head.target).netloc
        named = netloc.rpartition("@")[2]
        address = await self._address(host, port)
        proxy = None if address else self._upstream.proxy_for(host, "http")
        if proxy is None:
            # As it came: put together anew, a path that begins with two slashes would become another.
            path = head.target.partition("://")[2].removeprefix(netloc)
            path = path if path.startswith("/") else f"/{path}"
            server = await _connect(*(address or (host, port)))
            server.writer.write(head.sent_as(path, [], host=named))
        else:
            server = await self._connect_upstream(proxy)
            server.writer.write(head.sent_as(head.target, authorization(proxy), host=named))
        return server

    async def _connect_upstream(self, proxy: SplitResult) -> Stream:
        try:
            return await self._upstream.connect(proxy)
        except OSError as error:
            raise Refused(502, f"the upstream proxy {proxy.hostname} cannot be reached: {error}") from error

    async def _address(self, host: str, port: int) -> tuple[str, int] | None:
        try:
            return await self._route(host, port)
        except LookupError as error:
            raise Refused(502, str(error)) from error

    async def _resolution(self, head: Head) -> dict[str, object]:
        """`GET /resolve?name=&port=`, in JSON.

        200 {"address", "port"}: connect there.  404: nobody deployed that name, ask the system's resolver.
        502 {"error": "NXDOMAIN: ..."} or {"error": "ECONNREFUSED: ..."}: deployed, and not to be reached.
        """
        path, _, text = head.target.partition("?")
        query = parse_qs(text)
        name, port = query.get("name", [""])[0], query.get("port", [""])[0]
        asked_rightly = head.method == "GET" and path == "/resolve" and name
        if not asked_rightly or not _PORT.fullmatch(port) or int(port) > _HIGHEST_PORT:
            raise Refused(
                400, f"{head.method} {head.target}: use GET /resolve?name=portal.bank.example&port=443"
            )
        address = await self._address(name, int(port))
        if address is None:
            raise Refused(404, f"{name}: no deployed zone or endpoint owns this name")
        return {"address": address[0], "port": address[1]}


async def _connect(host: str, port: int) -> Stream:
    try:
        return Stream(*await asyncio.open_connection(host, port))
    except OSError as error:
        raise Refused(502, f"{host}:{port} cannot be reached: {error}") from error
