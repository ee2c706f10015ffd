"""TLS in front of PostgreSQL, whose bundled build has none: the door that a database's endpoint names lead to."""

import asyncio
import contextlib
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")
_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_GSS_REQUEST = struct.pack("!II", 8, 80877104)
_CANCEL_CODE = 80877102
_LONGEST_STARTUP = 10_000  # bytes, PostgreSQL's own limit


class DatabaseDoors:
    """Listens for PostgreSQL clients, ends their TLS and passes on to a server inside."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="database-doors", daemon=True)
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._thread.start()

    def open(
        self,
        address: str,
        port: int,
        *,
        inside: tuple[str, int],
        certificate: Path,
        key: Path,
        tls_only: Callable[[], bool],
    ) -> None:
        """Listen on `address` and `port` for the server at `inside`. `tls_only()` is `rds.force_ssl` now."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - asyncio runs every connection in a task
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
            # `stop` cancels the connections; asyncio's callback in Python 3.11 prints a cancelled task as an error.
            with contextlib.suppress(asyncio.CancelledError):
                await _serve(reader, writer, inside, context, tls_only)

        self._servers[address, port] = self._call(asyncio.start_server(serve, address, port))

    def close(self, address: str, port: int) -> None:
        """Stop listening there."""
        server = self._servers.pop((address, port), None)
        if server is not None:
            self._loop.call_soon_threadsafe(server.close)

    def stop(self) -> None:
        """Close every door and connection. A second call does nothing."""
        if self._loop.is_closed():
            return
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers.values():
            server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    def _call(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    inside: tuple[str, int],
    context: ssl.SSLContext,
    tls_only: Callable[[], bool],
) -> None:
    inner: asyncio.StreamWriter | None = None
    try:
        first = await _greeting(reader, writer, context)
        tls = writer.get_extra_info("ssl_object") is not None
        if not tls and tls_only() and not _is_cancel(first):
            writer.write(_refusal(writer.get_extra_info("peername")[0], first))
            await writer.drain()
            return
        from_inner, inner = await asyncio.open_connection(*inside)
        inner.write(first)
        await asyncio.gather(_pass_on(reader, inner), _pass_on(from_inner, writer))
    except (OSError, EOFError):
        pass  # a client or server that hangs up mid-way is answered by hanging up
    finally:
        for each in (writer, inner):
            if each is not None:
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()


async def _greeting(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext
) -> bytes:
    """The client's startup message, after TLS if it asked for that."""
    while True:
        head = await reader.readexactly(8)
        if head == _SSL_REQUEST:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(context)
        elif head == _GSS_REQUEST:
            writer.write(b"N")
            await writer.drain()
        else:
            length = min(int(struct.unpack_from("!I", head)[0]), _LONGEST_STARTUP)
            return head + await reader.readexactly(max(length - 8, 0))


def _is_cancel(startup: bytes) -> bool:
    return bool(struct.unpack_from("!I", startup, 4)[0] == _CANCEL_CODE)


def _refusal(peer: str, startup: bytes) -> bytes:
    """What PostgreSQL says to a client without TLS when every pg_hba.conf entry is `hostssl`."""
    words = startup[8:].decode(errors="replace").split("\0")
    values = dict(zip(words[::2], words[1::2], strict=False))
    user = values.get("user", "")
    message = (
        f'no pg_hba.conf entry for host "{peer}", user "{user}", '
        f'database "{values.get("database", user)}", no encryption'
    )
    fields = b"".join(field.encode() + b"\0" for field in ("SFATAL", "VFATAL", "C28000", f"M{message}"))
    return b"E" + struct.pack("!I", len(fields) + 5) + fields + b"\0"


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes from one side to the other until the end, which closes the other side too."""
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
