"""Hands a request that came through a door to the emulator's data plane of that service."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import ministack.app
from ministack.core.responses import request_scope
from ministack.services import alb, apigateway_v1, cloudfront, s3

from . import deployed

Answer = tuple[int, Mapping[str, Any], Any]
"""Status, headers (a value may be a list), and the body: bytes, text or the emulator's StreamingResponse."""

_FORBIDDEN: Answer = (
    403,
    {"content-type": "application/json"},
    json.dumps({"message": "Forbidden"}).encode(),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came: `path` decoded, `raw_path` and `query` as sent, header names lower-case."""

    method: str
    path: str
    raw_path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client: str
    tls: bool

    @property
    def host(self) -> str:
        return self.headers.get("host", "").rpartition("@")[2].split(":")[0].lower()

    @property
    def parameters(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)


async def to_balancer(balancer: deployed.Owned, port: int, request: Request) -> Answer:
    """Elastic Load Balancing: the rules of the listener on that port."""
    with request_scope(balancer.account, balancer.region):
        answer: Answer = await alb.dispatch_request(
            balancer.record,
            request.method,
            request.path,
            request.headers,
            request.body,
            request.parameters,
            port,
            client_ip=request.client,
            raw_query_string=request.query,
            raw_path=request.raw_path,
        )
        return answer


async def to_listener(arn: str, request: Request) -> Answer:
    """The load balancer that a listener is of."""
    listener = deployed.find(alb._listeners, arn)
    balancer = deployed.load_balancer(arn=listener.record["LoadBalancerArn"]) if listener else None
    if listener is None or balancer is None:
        return 503, {"content-type": "text/plain"}, f"Listener {arn} is no longer deployed.\n".encode()
    return await to_balancer(balancer, listener.record["Port"], request)


async def to_distribution(_subject: str, request: Request) -> Answer:
    """CloudFront: the behaviours of the distribution that the Host header names."""
    owned = deployed.distribution(request.host)
    if owned is None:
        refusal: Answer = cloudfront._cf_error_response(
            403,
            "Bad request. We can't connect to the server for this app or website.",
            "Error from cloudfront",
        )
        return refusal
    with request_scope(owned.account, owned.region):
        answer: Answer = await cloudfront.handle_viewer_request(
            owned.record,
            request.method,
            request.path,
            request.raw_path,
            request.query,
            # The emulator learns from this header, which CloudFront never takes from a viewer, what the socket was.
            {**request.headers, "x-forwarded-proto": "https" if request.tls else "http"},
            request.body,
            request.parameters,
            request.client,
        )
        return answer


async def to_api(_subject: str, request: Request) -> Answer:
    """API Gateway: the stage that a custom domain's mapping, or the path on an execute-api host, names."""
    owned = deployed.custom_domain(request.host) or deployed.rest_api(request.host)
    if owned is None:
        return _FORBIDDEN
    with request_scope(owned.account, owned.region):
        target = _stage_of(owned, request)
        if target is None:
            return _FORBIDDEN
        api, stage, path = target
        parameters = request.parameters
        answer = ministack.app._enforce_execute_api(
            api, stage, request.method, path, request.headers, parameters
        )
        if not answer:
            answer = await apigateway_v1.handle_execute(
                api, stage, request.method, path, request.headers, request.body, parameters
            )
        identified: Answer = ministack.app._with_data_plane_headers(
            answer, str(uuid.uuid4()), wildcard_cors=False
        )
        return identified


def _stage_of(owned: deployed.Owned, request: Request) -> tuple[str, str, str] | None:
    """API id, stage and the path inside the stage; None where none is mapped or the endpoint is disabled."""
    if "regionalDomainName" in owned.record:
        mapped = apigateway_v1.resolve_base_path_mapping(request.host, request.path)
        if mapped is None:
            return None
        api, stage, path = mapped
        if stage:
            return api, stage, path
    elif str(owned.record.get("disableExecuteApiEndpoint")).lower() == "true":
        return None
    else:
        api, path = owned.key, request.path
    stage, _, rest = path.lstrip("/").partition("/")
    return api, stage, f"/{rest}"


def s3_refusal(request: Request) -> Answer | None:
    """S3's AccessDenied if a request carries no signature and the bucket's owner has not opened it to the public.

    The emulator itself asks only when it enforces IAM everywhere.
    """
    signed = "authorization" in request.headers or "X-Amz-Signature" in request.parameters
    bucket, key = deployed.bucket(request.host), unquote(request.raw_path).lstrip("/")
    if signed or bucket is None:
        return None
    with request_scope(bucket.account, bucket.region):
        open_to_all = s3._foreign_bucket_allows(
            bucket.account, bucket.key, key, request.method, request.parameters, "", request.headers
        )
        if open_to_all:
            return None
        refusal: Answer = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket.key}/{key}")
        return refusal


PLANES: dict[str, Callable[[str, Request], Awaitable[Answer]]] = {
    "alb": to_listener,
    "cloudfront": to_distribution,
    "apigateway": to_api,
}
