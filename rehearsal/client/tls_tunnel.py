"""TLS for a psql that was built without it."""

import asyncio
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SSL_REQUEST = struct.pack("!II", 8, 80877103)


@contextmanager
def tunnel(target: tuple[str, int], context: ssl.SSLContext, name: str) -> Iterator[int]:
    """A port that speaks PostgreSQL's TLS to the target on behalf of psql; the target's certificate is for `name`.

    One event loop and no threads per direction: two threads must not use one TLS connection at once.
    """
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_target, to_target = await asyncio.open_connection(*target)
        try:
            to_target.write(SSL_REQUEST)
            if await from_target.readexactly(1) != b"S":
                raise ConnectionError("the server speaks no TLS")
            await to_target.start_tls(context, server_hostname=name)
            ways = [_pump(reader, to_target), _pump(from_target, writer)]
            # Either side's end is both sides' end.
            _, other = await asyncio.wait(map(loop.create_task, ways), return_when=asyncio.FIRST_COMPLETED)
            for task in other:
                task.cancel()
        finally:
            for each in (writer, to_target):
                each.close()
                with suppress(OSError):
                    await each.wait_closed()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), timeout=5)
