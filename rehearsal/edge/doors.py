"""Sockets for the deployed endpoints: each door is opened on a free loopback port when a name first leads to it."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from functools import partial
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.services import alb

from . import deployed, visits
from .authority import Authority
from .names import Address, Door
from .tls import server_context

_log = logging.getLogger(__name__)


class Doors:
    """The open doors. All methods run on the emulator's event loop."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._open: dict[Door, tuple[Address, asyncio.Event, asyncio.Task[None]]] = {}
        self._opening = asyncio.Lock()

    async def open(self, door: Door) -> Address:
        """Where a door listens; the door is opened if it is not."""
        # Closing others takes a while, in which somebody else may ask for the same door.
        async with self._opening:
            if door not in self._open:
                await self._close({other for other in self._open if _is_orphaned(other)})
                self._open[door] = self._listen(door)
            return self._open[door][0]

    async def close(self) -> None:
        """Close every door and wait until their sockets are closed."""
        await self._close(set(self._open))

    def _listen(self, door: Door) -> tuple[Address, asyncio.Event, asyncio.Task[None]]:
        listening = socket.create_server(("127.0.0.1", 0))
        address = Address(*listening.getsockname())
        config = _config(door, listening, self._authority)
        closing = asyncio.Event()
        application: Any = partial(visits.serve, door)
        task = asyncio.create_task(serve(application, config, shutdown_trigger=closing.wait))
        _log.info("%s listens on %s:%d", door, address.host, address.port)
        return address, closing, task

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


def _is_orphaned(door: Door) -> bool:
    """Whether it is the door of a load balancer's listener that is no longer deployed."""
    return door.plane == "alb" and deployed.find(alb._listeners, door.subject) is None


def _certificate_names(door: Door, sni: str) -> frozenset[str]:
    """The names of the certificate that the deployed endpoint presents to a client that asks for `sni`."""
    if door.plane == "alb":
        listener = deployed.find(alb._listeners, door.subject)
        return deployed.listener_certificate(listener.record) if listener else frozenset()
    if door.plane == "cloudfront":
        distribution = None if sni.endswith(".cloudfront.net") else deployed.distribution(sni)
        arn = (
            deployed.viewer_certificate(distribution.record).get("ACMCertificateArn")
            if distribution
            else None
        )
        return deployed.certificate_names(arn) if arn else frozenset({"*.cloudfront.net"})
    if door.plane == "api":
        return frozenset({sni} - {""})
    if door.plane == "apigateway":
        domain = deployed.custom_domain(sni)
        if domain is None:
            return frozenset({f"*.execute-api.{deployed.GLOBAL_REGION}.amazonaws.com"})
        return deployed.certificate_names(
            domain.record["regionalCertificateArn"] or domain.record["certificateArn"]
        )
    return frozenset({f"*.s3.{deployed.GLOBAL_REGION}.amazonaws.com", "*.s3.amazonaws.com"})
