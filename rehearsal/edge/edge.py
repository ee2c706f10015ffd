"""The edge as one thing: its authority, doors and proxy, and the environment that leads clients to them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .authority import Authority
from .proxy import Proxy
from .upstream import Upstream

if TYPE_CHECKING:
    from rehearsal.cloud import Cloud

_LOOPBACK = "localhost,127.0.0.1,::1"
_STOP_SECONDS = 15
"""More than a connection of the proxy takes to end."""


class Edge:
    """Reaches the deployed endpoints by their own names. `with Cloud(...) as cloud, Edge(cloud, state) as edge:`

    state: the folder under which certificates are written.  environment: the user's own, which may name an
    upstream proxy (ValueError if that is not an HTTP one) and CA bundles.  `authority` can sign from the start,
    the rest stands while entered.
    """

    def __init__(self, cloud: Cloud, state: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._cloud = cloud
        # A copy: what the rehearsal itself sets later must not become its own upstream.
        user = dict(environment)
        self.authority = Authority(state / "authority", user)
        self._proxy = Proxy(self._route, Upstream(user, self.authority.bundle))

    def __enter__(self) -> Self:
        # These import the emulator, which reads its environment then: the cloud must have set it.
        from . import names, origins
        from .doors import Doors

        origins.install()
        self._resolve = names.resolve
        self._direct = names.Address
        self._doors = Doors(self.authority)
        # A loop of its own: the emulator's may be busy while pip and npm load through the proxy.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="edge", daemon=True)
        self._thread.start()
        self._port = asyncio.run_coroutine_threadsafe(self._proxy.start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._proxy.stop(), self._loop).result(_STOP_SECONDS)
            self._cloud.submit(self._doors.close()).result(_STOP_SECONDS)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_STOP_SECONDS)
            self._loop.close()

    def environment(self) -> dict[str, str]:
        """What makes any HTTP client of a child process use the doors and trust their certificates."""
        proxy = f"http://127.0.0.1:{self._port}"
        bundle = str(self.authority.bundle.resolve())
        both_cases = {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": _LOOPBACK}
        trust = (
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "GIT_SSL_CAINFO",
            "AWS_CA_BUNDLE",
            "PIP_CERT",
            # npm reads its settings in either case; a user's own spelling must not win.
            "npm_config_cafile",
            "NPM_CONFIG_CAFILE",
        )
        return {
            **both_cases,
            **{name.lower(): value for name, value in both_cases.items()},
            **dict.fromkeys(trust, bundle),
            "NODE_EXTRA_CA_CERTS": str(self.authority.extra.resolve()),
            "REHEARSAL_RESOLVER": f"{proxy}/resolve",
        }

    def resolve(self, name: str, port: int) -> tuple[str, int] | None:
        """Address and port to connect to for a deployed name; None if nobody deployed it. From any thread.

        Raises rehearsal.edge.names.Unreachable (a LookupError) for a name of a deployed zone or endpoint that
        does not resolve, or on whose port nothing listens.
        """
        return asyncio.run_coroutine_threadsafe(self._route(name, port), self._loop).result()

    async def _route(self, name: str, port: int) -> tuple[str, int] | None:
        found = self._resolve(name, port)
        if found is None:
            return None
        if not isinstance(found, self._direct):
            found = await asyncio.wrap_future(self._cloud.submit(self._doors.open(found)))
        return found.host, found.port
