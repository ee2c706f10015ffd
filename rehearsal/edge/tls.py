"""The TLS settings of a door: protocol versions by its policy, certificates by the name that a client asks for."""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable
from typing import Any

from .authority import Authority

CertificateNames = Callable[[str], frozenset[str]]
"""SNI name (empty if the client sent none) -> the names of the deployed certificate; none if there is no such."""

_ALPN = ["h2", "http/1.1"]
_ONLY_1_3 = re.compile(r"TLS13[-_]1[-_]3|TLSv1\.3")
_UP_TO_1_2 = re.compile(r"^ELBSecurityPolicy-(?!TLS13)")
_log = logging.getLogger(__name__)


def versions(policy: str) -> tuple[ssl.TLSVersion, ssl.TLSVersion]:
    """Lowest and highest version of a security policy of Elastic Load Balancing, CloudFront or API Gateway.

    Policies that admit TLS 1.0 and 1.1 start at 1.2 here: today's OpenSSL speaks nothing older.
    """
    lowest = ssl.TLSVersion.TLSv1_3 if _ONLY_1_3.search(policy) else ssl.TLSVersion.TLSv1_2
    highest = ssl.TLSVersion.TLSv1_2 if _UP_TO_1_2.match(policy) else ssl.TLSVersion.TLSv1_3
    return lowest, highest


def server_context(policy: str, certificate_names: CertificateNames, authority: Authority) -> ssl.SSLContext:
    """A context that asks at each handshake which certificate is deployed; without one the handshake fails."""
    issued: dict[frozenset[str], ssl.SSLContext] = {}

    def choose(connection: ssl.SSLObject, sni: str | None, _context: ssl.SSLContext) -> int | None:
        names = certificate_names((sni or "").lower())
        if not names:
            _log.warning("TLS handshake for %r: no certificate is deployed", sni)
            return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
        if names not in issued:
            issued[names] = _context_of(policy)
            issued[names].load_cert_chain(*authority.issue(names))
        connection.context = issued[names]
        return None

    context = _context_of(policy)
    # Typeshed knows the callback of a socket, asyncio calls it with an SSLObject.
    callback: Any = choose
    context.sni_callback = callback
    return context


def _context_of(policy: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = versions(policy)
    context.set_alpn_protocols(_ALPN)
    return context
