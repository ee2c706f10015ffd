"""Mends the emulator's origins: CloudFront VPC origins and API Gateway VPC links lead to a load balancer by its ARN."""

from __future__ import annotations

import http.client
import logging
import re
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from ministack.services import apigateway_v1, cloudfront

from . import balancer, planes, targets

_log = logging.getLogger(__name__)
_PLACEHOLDER = re.compile(r"\{([^{}]+?)\+?\}")
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}

_read_origin = cloudfront._dataplane_origin
_fetch_elsewhere = cloudfront._fetch_from_origin
_integrate_elsewhere = apigateway_v1._invoke_http_proxy_v1


def install() -> None:
    """Put the mended functions in the emulator's place; a second call changes nothing."""
    targets.install()
    cloudfront._dataplane_origin = _origin
    cloudfront._fetch_from_origin = _fetch
    apigateway_v1._invoke_http_proxy_v1 = _integrate


def _origin(element: Any) -> dict[str, Any]:
    """An origin of a distribution as the data plane reads it, with its VPC origin, which the emulator leaves out."""
    origin: dict[str, Any] = _read_origin(element)
    vpc = cloudfront._find(element, "VpcOriginConfig")
    if vpc is not None:
        origin["vpc_origin_id"] = cloudfront._text(vpc, "VpcOriginId")
        origin["read_timeout"] = int(cloudfront._text(vpc, "OriginReadTimeout") or 30)
    return origin


async def _fetch(origin: dict[str, Any], *request: Any) -> Any:
    """As the emulator's, but by the VPC origin where there is one, and CloudFront's own 502 and 504 as answers.

    As answers they meet the distribution's custom error responses, as on AWS.
    """
    try:
        if origin.get("vpc_origin_id"):
            return await _fetch_by_vpc_origin(origin, *request)
        return await _fetch_elsewhere(origin, *request)
    except (cloudfront.OriginUnreachable, cloudfront.OriginTimeout) as error:
        _log.warning("CloudFront origin %s: %s", origin["domain_name"], error)
        code = 504 if isinstance(error, cloudfront.OriginTimeout) else 502
        status, headers, body = cloudfront._cf_error_response(
            code, "The request could not be satisfied.", "Error from cloudfront"
        )
        return status, http.client.responses[code], {k.lower(): v for k, v in headers.items()}, body


async def _fetch_by_vpc_origin(
    origin: dict[str, Any],
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    viewer_is_https: bool,
    client_ip: str,
    viewer_xff: str,
    _distribution_arn: str,
) -> Any:
    vpc_origin = cloudfront._vpc_origins.get(origin["vpc_origin_id"])
    if vpc_origin is None:
        raise cloudfront.OriginUnreachable(f"there is no VPC origin {origin['vpc_origin_id']}")
    endpoint = vpc_origin["VpcOriginEndpointConfig"]
    policy = endpoint["OriginProtocolPolicy"]
    tls = policy == "https-only" or (policy == "match-viewer" and viewer_is_https)
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, viewer_xff)
    path = origin["origin_path"] + uri
    try:
        status, fields, content = await balancer.hop(
            endpoint["Arn"],
            int(endpoint["HTTPSPort"] if tls else endpoint["HTTPPort"]),
            planes.Request(
                method=method,
                path=unquote(path),
                raw_path=path,
                query=query,
                headers={name.lower(): value for name, value in sent.items()},
                body=body or b"",
                client=client_ip,
                tls=tls,
            ),
            # The Host that is sent, the viewer's or the origin's own, is also the name that CloudFront checks.
            server_name=sent["Host"],
            timeout=origin["read_timeout"],
        )
    except balancer.Unreachable as error:
        raise cloudfront.OriginUnreachable(str(error)) from error
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(str(error)) from error
    return status, http.client.responses.get(status, ""), cloudfront._multidict_from_pairs(fields), content


async def _integrate(
    integration: dict[str, Any],
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    path_params: dict[str, str] | None = None,
) -> Any:
    """An HTTP integration of API Gateway: by VPC link to the load balancer of its target, else as the emulator does."""
    if integration.get("connectionType") != "VPC_LINK":
        return await _integrate_elsewhere(integration, path, method, headers, body, query_params, path_params)
    uri = urlsplit(_integration_uri(integration, path_params or {}))
    target = integration.get("integrationTarget", "")
    tls = uri.scheme == "https"
    given = integration.get("httpMethod", "ANY")
    forwarded = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
    query = "&".join(filter(None, [uri.query, urlencode(query_params, doseq=True)]))
    try:
        if not target:
            raise balancer.Unreachable("the integration over a VPC link v2 has no integrationTarget")
        status, fields, content = await balancer.hop(
            target,
            uri.port or (443 if tls else 80),
            planes.Request(
                method=method if given == "ANY" else given,
                path=unquote(uri.path),
                raw_path=uri.path,
                query=query,
                headers={**forwarded, "host": uri.netloc},
                body=body or b"",
                client="127.0.0.1",
                tls=tls,
            ),
            server_name=uri.hostname or "",
            timeout=int(integration.get("timeoutInMillis") or 29000) / 1000,
            verify=not (integration.get("tlsConfig") or {}).get("insecureSkipVerification"),
        )
    except balancer.Unreachable as error:
        _log.warning("API Gateway integration %s: %s", integration.get("uri"), error)
        return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
    except TimeoutError:
        return apigateway_v1._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
    pairs = [(name, value) for name, value in fields if name.lower() not in _HOP_BY_HOP]
    return status, cloudfront._multidict_from_pairs(pairs), content


def _integration_uri(integration: dict[str, Any], path_params: dict[str, str]) -> str:
    """The integration's URI with its placeholders filled from the request's path or from a quoted constant."""
    mapped = integration.get("requestParameters") or {}

    def value(match: re.Match[str]) -> str:
        source = mapped.get(f"integration.request.path.{match[1]}", f"method.request.path.{match[1]}")
        if source.startswith("'"):
            return str(source.strip("'"))
        return quote(
            path_params.get(source.removeprefix("method.request.path."), ""), safe="/:@!$&'()*+,;=~-._"
        )

    return _PLACEHOLDER.sub(value, integration.get("uri", ""))
