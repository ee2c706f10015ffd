"""One health check of a target group, asked of one target by HTTP or TLS, as the load balancer asks it."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from typing import Any

_UNVERIFIED = ssl.create_default_context()
# A load balancer checks neither the name nor the issuer of a target's certificate
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html).
_UNVERIFIED.check_hostname = False
_UNVERIFIED.verify_mode = ssl.CERT_NONE


def connection(protocol: str, address: str, port: int, timeout: float) -> http.client.HTTPConnection:
    """A connection to a target, over TLS for HTTPS, that no proxy of the user's carries."""
    if protocol == "HTTPS":
        return http.client.HTTPSConnection(address, port, timeout=timeout, context=_UNVERIFIED)
    return http.client.HTTPConnection(address, port, timeout=timeout)


def checked_port(group: Mapping[str, Any], traffic_port: int) -> int:
    """The port that the group's health check asks."""
    port = group.get("HealthCheckPort", "traffic-port")
    return traffic_port if port == "traffic-port" else int(port)


def url(group: Mapping[str, Any], address: str, traffic_port: int) -> str:
    """What the health check opens."""
    protocol = str(group.get("HealthCheckProtocol", "HTTP")).lower()
    return f"{protocol}://{address}:{checked_port(group, traffic_port)}{group.get('HealthCheckPath', '/')}"


def ask(group: Mapping[str, Any], address: str, traffic_port: int) -> str:
    """The status code, or why there is none. A redirect is not followed: it is the answer."""
    protocol = str(group.get("HealthCheckProtocol", "HTTP"))
    timeout = float(group.get("HealthCheckTimeoutSeconds", 5))
    opened = connection(protocol, address, checked_port(group, traffic_port), timeout)
    try:
        headers = {"Host": address, "User-Agent": "ELB-HealthChecker/2.0", "Connection": "close"}
        opened.request("GET", group.get("HealthCheckPath", "/"), headers=headers)
        # "Connection: close" hands the socket over to the response.
        with opened.getresponse() as response:
            return str(response.status)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        opened.close()


def passes(group: Mapping[str, Any], answer: str) -> bool:
    """Whether a status code is among the group's `200`, `200,302` or `200-299`."""
    for part in group.get("Matcher", {}).get("HttpCode", "200").split(","):
        low, _, high = part.strip().partition("-")
        if answer.isdigit() and int(low) <= int(answer) <= int(high or low):
            return True
    return False
