"""HTTP/1.1 on the wire, as far as a proxy needs it: heads, refusals, and bytes pumped both ways."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

HEAD_LIMIT = 64 * 1024
"""Bytes of the longest head that is read."""

_CHUNK = 64 * 1024


class Stream(NamedTuple):
    """Both directions of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Head(NamedTuple):
    """A request's first line and its header fields, as they came."""

    method: str
    target: str
    fields: list[str]

    def sent_as(self, target: str, extra: list[str]) -> bytes:
        """The head with another target, for one request only and without what is meant for a proxy."""
        kept = [
            field
            for field in self.fields
            if not field.lower().startswith(("proxy-", "connection:", "keep-alive:"))
        ]
        lines = [f"{self.method} {target} HTTP/1.1", *kept, *extra, "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1")


class Refused(Exception):  # noqa: N818 - an answer to a client, not a fault
    """A request that is answered by `status` and the explanation."""

    def __init__(self, status: int, explanation: str) -> None:
        super().__init__(explanation)
        self.status = status


def host_and_port(url: str, default: int | None) -> tuple[str, int]:
    """Host, lower-case, and port of a URL. Raises Refused where one is missing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or default
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise Refused(
            400, f"target {url.lstrip('/')!r}: use host:port, for example 'portal.bank.example:443'"
        )
    return host, port


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read up to the blank line. Raises Refused for what is no HTTP/1 head."""
    try:
        raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise Refused(400, f"the request's head is longer than {HEAD_LIMIT} bytes") from error
    request_line, *fields = raw[:-4].split("\r\n")
    words = request_line.split(" ")
    if len(words) != 3:
        raise Refused(400, f"request line {request_line!r}: use 'METHOD target HTTP/1.1'")
    return Head(words[0].upper(), words[1], fields)


async def join(client: Stream, server: Stream) -> None:
    """Carry bytes both ways until the server has said all; both ends are closed by their owners."""
    upload = asyncio.create_task(_pump(client.reader, server.writer))
    try:
        await _pump(server.reader, client.writer)
    finally:
        upload.cancel()
        await asyncio.gather(upload, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()


async def reply(writer: asyncio.StreamWriter, status: int, answer: dict[str, object]) -> None:
    """Answer in JSON; an "error" is the status line's reason too."""
    body = json.dumps(answer).encode()
    # Many clients show only the status line of a proxy that refuses.
    reason = str(answer.get("error", "OK")).encode("ascii", "replace").decode()
    lines = [
        f"HTTP/1.1 {status} {reason}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        "",
    ]
    with suppress(ConnectionError):
        writer.write("\r\n".join(lines).encode("ascii") + body)
        await writer.drain()


async def end(writer: asyncio.StreamWriter) -> None:
    """Close a connection and wait for it."""
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
