"""What anybody outside can ask: the portal, the API, the maintenance page. GET requests, no credentials."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from verification.asking import Asked, NotYet, Said


def get(url: str, **options: object) -> httpx.Response:
    """GET as a customer does; `ipv6` for that protocol alone, `name` for another name in TLS and Host."""
    transport = httpx.HTTPTransport(local_address="::") if options.get("ipv6") else None
    name = options.get("name")
    with httpx.Client(transport=transport, timeout=15) as client:
        return client.get(
            url,
            headers={"Host": str(name)} if name else {},
            extensions={"sni_hostname": str(name)} if name else {},
        )


def portal_answers(asked: Asked) -> Iterator[Said]:
    """CloudFront reaches the load balancer, which is a private origin."""
    yield _answer(asked, f"https://{asked.environment.portal_host}/", 200)


def api_answers(asked: Asked) -> Iterator[Said]:
    """API Gateway reaches the load balancer through the VPC link."""
    yield _answer(asked, f"https://{asked.environment.api_host}/api/health", 200)


def both_answer(asked: Asked) -> Iterator[Said]:
    """The network ACLs let both doors' connections through, and their TLS agrees with the load balancer's."""
    yield from portal_answers(asked)
    yield from api_answers(asked)


def api_answers_by_ipv6(asked: Asked) -> Iterator[Said]:
    """The API has IPv6 addresses that serve it."""
    yield _answer(asked, f"https://{asked.environment.api_host}/api/health", 200, ipv6=True)


def maintenance_answers(asked: Asked) -> Iterator[Said]:
    """API Gateway answers to the portal's name, for the day on which CloudFront does not."""
    asked.needs("portal")
    host = asked.environment.portal_host
    domain = asked.client("apigateway").get_domain_name(domainName=host)
    yield _answer(asked, f"https://{domain['regionalDomainName']}/", 503, name=host)


def _answer(asked: Asked, url: str, status: int, **options: object) -> Said:
    try:
        answer = asked.get(url, **options)
    except (httpx.HTTPError, OSError) as error:
        if options.get("ipv6") and "unreachable" in str(error).lower():
            raise NotYet(f"this machine has no IPv6: {error}") from error
        return False, f"GET {url}: {error}"
    return answer.status_code == status, f"GET {url} answered {answer.status_code}"
