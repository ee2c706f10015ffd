"""A proxy by itself, and what a client that sends raw bytes gets from it."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from rehearsal.edge.proxy import Proxy, Route
from rehearsal.edge.upstream import Upstream


async def nobody(_name: str, _port: int) -> None:
    """A route in which nothing is deployed."""


class Exchange:
    """One proxy, and what a client that sends raw bytes gets from it."""

    def __init__(self, folder: Path, route: Route = nobody) -> None:
        self.proxy = Proxy(route, Upstream({}, folder))

    def run(self, dialogue: Callable[[int], Coroutine[Any, Any, Any]]) -> Any:
        async def standing() -> Any:
            port = await self.proxy.start()
            try:
                async with asyncio.timeout(10):
                    return await dialogue(port)
            finally:
                await self.proxy.stop()

        return asyncio.run(standing())

    def answer(self, request: bytes) -> bytes:
        async def dialogue(port: int) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            whole = await reader.read()
            writer.close()
            return whole

        return bytes(self.run(dialogue))


def head_and_error(answer: bytes) -> tuple[list[str], str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), json.loads(body)["error"]


def forwarded(exchange: Exchange, request: str) -> str:
    """What a server gets of a request to it, whose place `{}` stands for in the request; then for it in this too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        seen: list[bytes] = []

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                seen.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        exchange.answer(request.format(place).encode())
        thread.join(5)
    return seen[0].decode().replace(place, "{}")
