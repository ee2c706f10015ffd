"""From the load balancer to its targets: to the healthy ones, over TLS where the target group says HTTPS."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
from email.utils import formatdate
from typing import Any

from ministack.services import alb

from rehearsal.runtime import health_check
from rehearsal.runtime.target_health import checks

# The load balancer frames the request anew.
_FRAMING = {"content-length", "connection", "transfer-encoding"}

_forward_elsewhere = alb._forward_to_tg
_send_plain = alb._proxy_http_target


def install() -> None:
    """Put these in the emulator's place; a second call changes nothing."""
    alb._forward_to_tg = _forward
    alb._proxy_http_target = _send


async def _forward(
    group_arn: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    parameters: Any,
    query: str | None = None,
    raw_path: str | None = None,
) -> Any:
    """As the emulator's, but to a healthy target where there is one."""
    group, registered = alb._tgs.get(group_arn), alb._targets.get(group_arn)
    if not registered or not group or group.get("TargetType") != "ip":
        return await _forward_elsewhere(group_arn, method, path, headers, body, parameters, query, raw_path)
    healthy = [target for target in registered if _is_healthy(group_arn, group, target)]
    target = random.choice(healthy or registered)  # noqa: S311 - spreads load only
    return await _send(target, group, method, raw_path or path, headers, body, parameters, query)


def _is_healthy(group_arn: str, group: dict[str, Any], target: dict[str, Any]) -> bool:
    return checks.is_healthy(group_arn, str(target["Id"]), int(target.get("Port") or group["Port"]))


async def _send(
    target: dict[str, Any],
    group: dict[str, Any],
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    parameters: Any,
    query: str | None = None,
) -> Any:
    """As the emulator's, but by TLS to a target of an HTTPS group; its answer is then read whole, not streamed."""
    if group.get("Protocol") != "HTTPS":
        return await _send_plain(target, group, method, path, headers, body, parameters, query)
    address, port = str(target["Id"]), int(target.get("Port") or group["Port"])
    sent = {name: value for name, value in headers.items() if name.lower() not in _FRAMING}
    where = f"{path}?{query}" if query else path
    try:
        return await asyncio.to_thread(_exchange, address, port, method, where, body or None, sent)
    except (OSError, http.client.HTTPException) as error:
        told = {"message": f"Target {address}:{port} by TLS: {error}"}
        return 502, {"Content-Type": "application/json"}, json.dumps(told).encode()


def _exchange(
    address: str, port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, dict[str, Any], bytes]:
    opened = health_check.connection("HTTPS", address, port, alb.TARGET_CONNECT_TIMEOUT)
    try:
        opened.connect()
        opened.sock.settimeout(alb.TARGET_IDLE_TIMEOUT)
        opened.request(method.upper(), path, body=body, headers=headers)
        answer = opened.getresponse()
        fields: dict[str, Any] = {}
        for name, value in answer.getheaders():
            fields.setdefault(name.lower(), []).append(value)
        fields = {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
        fields["date"] = formatdate(usegmt=True)  # the load balancer's own
        return answer.status, fields, answer.read()
    finally:
        opened.close()
