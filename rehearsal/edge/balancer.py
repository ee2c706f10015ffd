"""The private way from CloudFront and API Gateway to a load balancer, by its ARN and without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

from ministack.core.responses import StreamingResponse
from ministack.services import cloudfront

from . import deployed, planes


class Unreachable(ConnectionError):  # noqa: N818 - the name of a state of the network, not of a fault of ours
    """A hop that AWS would not make either; the message says which rule forbids it."""


async def hop(
    arn: str, port: int, request: planes.Request, *, server_name: str, timeout: float, verify: bool = True
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send a request to a listener of the load balancer `arn`; status, header fields and the whole body.

    server_name: the name that the caller would send as SNI and check the certificate against.
    timeout: seconds.  Raises Unreachable, and TimeoutError if the answer takes longer.
    """
    owner = deployed.load_balancer(arn=arn)
    if owner is None:
        raise Unreachable(f"there is no load balancer {arn}")
    listener = deployed.listener(arn, port)
    if listener is None:
        raise Unreachable(f"load balancer {arn} has no listener on port {port}")
    if (listener["Protocol"] == "HTTPS") is not request.tls:
        spoken = "TLS" if request.tls else "plain HTTP"
        raise Unreachable(f"listener {port} of {arn} speaks {listener['Protocol']}, the caller {spoken}")
    covered = deployed.listener_certificate(listener)
    if request.tls and verify and not deployed.covers(covered, server_name):
        names = ", ".join(sorted(covered)) or "no name"
        raise Unreachable(f"the certificate of listener {port} of {arn} covers {names}, not {server_name}")
    async with asyncio.timeout(timeout):
        status, headers, body = await planes.to_balancer(owner, port, request)
        if isinstance(body, StreamingResponse):
            body = await _whole(body, timeout)
    return status, _fields(headers), body


async def _whole(stream: Any, timeout: float) -> bytes:
    try:
        content: bytes = await cloudfront._collect_streaming_body(stream, timeout)
    except cloudfront.OriginUnreachable as error:
        raise Unreachable(str(error)) from error
    except cloudfront.OriginTimeout as error:
        raise TimeoutError(str(error)) from error
    return content


def _fields(headers: Any) -> list[tuple[str, str]]:
    return [
        (name, str(each))
        for name, value in headers.items()
        for each in (value if isinstance(value, list) else [value])
    ]
