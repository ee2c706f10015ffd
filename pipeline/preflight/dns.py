"""What public DNS says, as anybody's resolver hears it."""

from __future__ import annotations

import dns.resolver

SECONDS = 5.0


def name_servers(name: str, resolver: dns.resolver.Resolver | None = None) -> set[str]:
    """The name servers of a zone, in lower case and without the dot at the end; none if nobody knows the zone.

    Raises:
        dns.exception.DNSException: when no resolver answers.
    """
    try:
        answer = (resolver or dns.resolver.Resolver()).resolve(name, "NS", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return set()
    return {str(record.target).rstrip(".").lower() for record in answer}
