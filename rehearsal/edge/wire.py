"""HTTP/1.1 on the wire, as far as a proxy needs it: heads, refusals, and bytes pumped both ways."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

HEAD_LIMIT = 64 * 1024
"""Bytes of the longest head that is read."""

HEAD_SECONDS = 30.0
"""How long a head may take to arrive."""

_CHUNK = 64 * 1024
_END_SECONDS = 10.0
_LONGEST_REASON = 500
# What RFC 9112 lets pass (3 and 5): a bare CR or LF, a folded line or a blank before the colon would be read by
# one server on the way as one field, by the next as two.
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\.[01]")
_FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*")
_FOR_ONE_HOP = {"connection", "keep-alive", "host"}


class Stream(NamedTuple):
    """Both directions of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Head(NamedTuple):
    """A request's first line and its header fields, as they came."""

    method: str
    target: str
    fields: list[str]

    def sent_as(self, target: str, extra: list[str], *, host: str) -> bytes:
        """The head with another target, for one request only and without what is meant for a proxy.

        host: the target's, which counts where the client's own Host field says otherwise (RFC 9112, 3.2.2).
        """
        dropped = {option.strip().lower() for option in ",".join(self._values("connection")).split(",")}
        kept = [
            field
            for field in self.fields
            if (name := _name(field)) not in dropped | _FOR_ONE_HOP and not name.startswith("proxy-")
        ]
        lines = [
            f"{self.method} {target} HTTP/1.1",
            f"Host: {host}",
            *kept,
            *extra,
            "Connection: close",
            "",
            "",
        ]
        return "\r\n".join(lines).encode("latin-1")

    def _values(self, name: str) -> list[str]:
        return [field.partition(":")[2] for field in self.fields if _name(field) == name]


def _name(field: str) -> str:
    return field.partition(":")[0].lower()


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
    """Read up to the blank line. Raises Refused for what is no HTTP/1 head, and for one that takes too long."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise Refused(400, f"the request's head is longer than {HEAD_LIMIT} bytes") from error
    except TimeoutError as error:
        raise Refused(408, f"the request's head has not arrived within {HEAD_SECONDS:g} s") from error
    request_line, *fields = raw[:-4].split("\r\n")
    words = _REQUEST_LINE.fullmatch(request_line)
    if words is None:
        raise Refused(400, f"request line {request_line[:200]!r}: use 'METHOD target HTTP/1.1'")
    for field in fields:
        if not _FIELD.fullmatch(field):
            raise Refused(400, f"header field {field[:40]!r}: use 'Name: value' on one line")
    return Head(words[1].upper(), words[2], fields)


async def read_status(reader: asyncio.StreamReader) -> str:
    """Read the head of an answer and give its status line. Raises Refused for what is none."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            answer = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise Refused(502, f"the answer's head is longer than {HEAD_LIMIT} bytes") from error
    except TimeoutError as error:
        raise Refused(502, f"no answer within {HEAD_SECONDS:g} s") from error
    except asyncio.IncompleteReadError as error:
        raise Refused(502, "it hung up without an answer") from error
    return answer.partition(b"\r\n")[0].decode("latin-1")


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
    reason = re.sub(r"[^ -~]", "?", str(answer.get("error", "OK")))[:_LONGEST_REASON]
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
    """Close a connection and wait for it, but not for ever: a peer that does not read would hold it open."""
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        try:
            async with asyncio.timeout(_END_SECONDS):
                await writer.wait_closed()
        finally:
            writer.transport.abort()
