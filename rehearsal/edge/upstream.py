"""The proxy that the user's own environment asks for; what the rehearsal does not own goes through it, untouched."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from .wire import Stream


class Upstream:
    """Finds the way out for a host: direct, or by the user's HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

    bundle: the CA bundle by which a proxy that itself speaks TLS is trusted.  Raises ValueError for a proxy of
    another kind than HTTP.
    """

    def __init__(self, environment: Mapping[str, str], bundle: Path) -> None:
        self._proxies = {scheme: _proxy_of(environment, f"{scheme}_proxy") for scheme in ("http", "https")}
        self._excepted = _variable(environment, "no_proxy")
        self._bundle = bundle

    def proxy_for(self, host: str, scheme: Literal["http", "https"]) -> SplitResult | None:
        """The user's proxy for a host; None where the way is direct, as to loopback."""
        return None if _is_loopback(host) or _is_excepted(host, self._excepted) else self._proxies[scheme]

    async def connect(self, proxy: SplitResult) -> Stream:
        """A connection to a proxy of the user's. Raises OSError."""
        context = ssl.create_default_context(cafile=str(self._bundle)) if proxy.scheme == "https" else None
        port = proxy.port or (443 if context else 80)
        return Stream(*await asyncio.open_connection(proxy.hostname, port, ssl=context))


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.upper()) or ""


def _proxy_of(environment: Mapping[str, str], variable: str) -> SplitResult | None:
    url = _variable(environment, variable)
    if not url:
        return None
    try:
        proxy = urlsplit(url if "://" in url else f"http://{url}")
        usable = proxy.scheme in ("http", "https") and proxy.hostname and proxy.port != 0
    except ValueError:
        usable = False
    if not usable:
        shown = url.rpartition("@")[2]  # what stands before it may be a password
        raise ValueError(
            f"{variable} {shown!r}: use the URL of an HTTP proxy, for example 'http://proxy.example:3128'"
        )
    return proxy


def authorization(proxy: SplitResult) -> list[str]:
    """The header line that a proxy URL with user and password asks for, if it has them."""
    if not proxy.username:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return [f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}"]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_excepted(host: str, no_proxy: str) -> bool:
    """Whether NO_PROXY lists the host: by its name, a domain above it, a network, or `*`."""
    for entry in filter(None, (entry.strip().lower() for entry in no_proxy.split(","))):
        domain = entry.removeprefix("*").removeprefix(".")
        if entry == "*" or host == domain or host.endswith(f".{domain}"):
            return True
        with suppress(ValueError):
            if ip_address(host) in ip_network(entry, strict=False):
                return True
    return False
