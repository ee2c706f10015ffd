"""Opens the load balancer from inside the VPC, as CloudFront would, and tells what it saw.

Event `{"paths": ["/healthz", ...]}`; answer `{"tls": {...}, "responses": [...]}`, or `{"error", "retry"}`
when no connection came about: `retry` is true where waiting may help (name, network, proxy) and false where
the balancer answered wrongly (certificate, protocol). Standard library only, so that it needs no build.
"""

import http.client
import os
import re
import ssl
import time
import urllib.parse
import urllib.request
from typing import Any

MAX_PATHS = 20
PATH = re.compile(r"/[!-~]*")
MAX_BODY_BYTES = 64 * 1024
SECONDS_PER_OPERATION = 8  # above what the backend takes to say what it is not ready for
SECONDS_IN_ALL = 20  # below the function's own time-out, so that the caller gets an answer rather than none


class OriginConnection(http.client.HTTPSConnection):
    """Connects to one host name but speaks TLS and HTTP to another: the one in the certificate."""

    def __init__(self, address: str, *, origin: str, context: ssl.SSLContext) -> None:
        proxy = _proxy_for(address)
        super().__init__(*(proxy or (address, 443)), timeout=SECONDS_PER_OPERATION, context=context)
        if proxy:
            self.set_tunnel(address, 443)
        self._origin = origin
        self._tls_context = context

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock: ssl.SSLSocket = self._tls_context.wrap_socket(self.sock, server_hostname=self._origin)


def _proxy_for(host: str) -> tuple[str, int] | None:
    """HTTPS_PROXY's host and port, unless it is unset or NO_PROXY excepts the host."""
    url = urllib.request.getproxies().get("https")
    if not url or urllib.request.proxy_bypass(host):
        return None
    parts = urllib.parse.urlsplit(url)
    return parts.hostname or "", parts.port or 80


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Gets each path of the event over one connection.

    Raises:
        ValueError: the event holds no usable paths; the caller is wrong, not the balancer.
    """
    paths = _paths(event)
    address, origin = os.environ["ALB_DNS_NAME"], os.environ["ORIGIN_NAME"]
    deadline = time.monotonic() + SECONDS_IN_ALL
    connection = OriginConnection(address, origin=origin, context=ssl.create_default_context())
    try:
        connection.connect()
        tls = _describe(connection.sock)
        return {"tls": tls, "responses": [_get(connection, path, address, deadline) for path in paths]}
    except (OSError, http.client.HTTPException) as error:
        refused_tls = isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError)
        retry = isinstance(error, OSError) and not refused_tls
        return {"error": f"{address}:443 as {origin}: {type(error).__name__}: {error}", "retry": retry}
    finally:
        connection.close()


def _paths(event: dict[str, Any]) -> list[str]:
    paths = event.get("paths")
    if not isinstance(paths, list) or not 1 <= len(paths) <= MAX_PATHS:
        raise ValueError(f"paths {paths!r}: give a list of 1 to {MAX_PATHS} paths, for example ['/healthz']")
    for path in paths:
        if not isinstance(path, str) or not PATH.fullmatch(path):
            raise ValueError(
                f"path {path!r}: start with '/', printable ASCII, no spaces, for example '/healthz'"
            )
    return paths


def _describe(sock: ssl.SSLSocket) -> dict[str, Any]:
    certificate: dict[str, Any] = sock.getpeercert() or {}
    return {
        "version": sock.version(),
        "subject_alt_names": [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"],
        "not_after": certificate.get("notAfter"),
        "issuer": {key: value for part in certificate.get("issuer", ()) for key, value in part},
    }


def _get(connection: OriginConnection, path: str, host: str, deadline: float) -> dict[str, Any]:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{path} was not asked for: the paths before it took {SECONDS_IN_ALL} s")
    connection.request("GET", path, headers={"Host": host, "User-Agent": "portal-probe"})
    response = connection.getresponse()
    body = response.read(MAX_BODY_BYTES)
    if not response.isclosed():
        connection.close()  # the rest of a longer body would be read as the next answer
    return {
        "path": path,
        "status": response.status,
        "headers": {name.lower(): value for name, value in response.getheaders()},
        "body": body.decode("utf-8", "replace"),
    }
