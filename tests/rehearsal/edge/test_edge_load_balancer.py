"""The load balancer's door: its listener's rules and certificate, and nothing that was not deployed."""

import ssl
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import pytest

from rehearsal.edge import Edge


class Deployed(NamedTuple):
    """A balancer under the name `origin`, backend behind `/api/*`, frontend behind everything else."""

    url: str
    balancer: dict[str, Any]
    listener: str
    rule: str
    backend_group: str
    certificate: str


@pytest.fixture
def deployed(world: Any, frontend: int, backend: int) -> Deployed:
    balancer = world.balancer()
    certificate = world.certificate(world.host("portal"), world.host("origin"))
    listener = world.listener(
        balancer, world.target_group(frontend), Certificates=[{"CertificateArn": certificate}]
    )
    backend_group = world.target_group(backend)
    rule = world.rule(listener, "/api/*", backend_group)
    world.alias("origin", f"dualstack.{balancer['DNSName']}")
    return Deployed(f"https://{world.host('origin')}", balancer, listener, rule, backend_group, certificate)


def test_request_follows_the_listeners_rules(client: httpx.Client, deployed: Deployed) -> None:
    page, api = client.get(f"{deployed.url}/"), client.get(f"{deployed.url}/api/health")

    assert (page.json()["target"], api.json()["target"]) == ("frontend", "backend")


def test_target_sees_what_the_client_sent(client: httpx.Client, deployed: Deployed) -> None:
    seen = client.post(f"{deployed.url}/api/a%20b?x=1&x=2", content=b"hello", headers={"X-Own": "1"}).json()

    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/api/a%20b?x=1&x=2", "hello")
    assert seen["headers"]["x-own"] == "1"
    assert seen["headers"]["x-forwarded-proto"] == "https"
    assert seen["headers"]["host"] == deployed.url.removeprefix("https://")


def test_status_of_the_target_reaches_the_client(client: httpx.Client, deployed: Deployed) -> None:
    assert client.get(f"{deployed.url}/no-such").status_code == 404


def test_head_has_the_length_of_the_page_and_no_body(client: httpx.Client, deployed: Deployed) -> None:
    answer = client.head(f"{deployed.url}/")

    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""


def test_without_the_rule_the_default_answers(client: httpx.Client, world: Any, deployed: Deployed) -> None:
    world.client("elbv2").delete_rule(RuleArn=deployed.rule)

    assert client.get(f"{deployed.url}/api/health").json()["target"] == "frontend"


def test_without_targets_the_balancer_answers_503(
    client: httpx.Client, world: Any, deployed: Deployed, backend: int
) -> None:
    world.client("elbv2").deregister_targets(
        TargetGroupArn=deployed.backend_group, Targets=[{"Id": "127.0.0.1", "Port": backend}]
    )

    assert client.get(f"{deployed.url}/api/health").status_code == 503


def test_without_the_record_the_name_does_not_resolve(
    client: httpx.Client, world: Any, deployed: Deployed
) -> None:
    world.unalias("origin", f"dualstack.{deployed.balancer['DNSName']}")

    with pytest.raises(httpx.ProxyError, match="NXDOMAIN: no record of zone bank"):
        client.get(deployed.url)


def test_without_the_listener_nothing_listens(client: httpx.Client, world: Any, deployed: Deployed) -> None:
    world.client("elbv2").delete_listener(ListenerArn=deployed.listener)

    with pytest.raises(httpx.ProxyError, match=r"ECONNREFUSED: load balancer .* has no listener on port 443"):
        client.get(deployed.url)


def test_port_without_a_listener_is_refused(client: httpx.Client, deployed: Deployed) -> None:
    with pytest.raises(httpx.ProxyError, match="has no listener on port 8443"):
        client.get(f"{deployed.url}:8443/")


def test_zone_of_one_account_leads_to_a_balancer_of_another(
    client: httpx.Client, world_of: Callable[[str], Any], frontend: int
) -> None:
    network, workload = world_of("222222222222"), world_of("333333333333")
    balancer = workload.balancer()
    certificate = workload.certificate(network.host("portal"))
    workload.listener(
        balancer, workload.target_group(frontend), Certificates=[{"CertificateArn": certificate}]
    )
    network.alias("portal", balancer["DNSName"])

    assert client.get(f"https://{network.host('portal')}/").json()["target"] == "frontend"


def test_certificate_is_the_listeners(client: httpx.Client, deployed: Deployed) -> None:
    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        client.get(f"https://{deployed.balancer['DNSName']}/")


def test_without_the_certificate_there_is_no_handshake(
    client: httpx.Client, world: Any, deployed: Deployed
) -> None:
    world.client("acm").delete_certificate(CertificateArn=deployed.certificate)

    with pytest.raises(httpx.ConnectError, match="SSL"):
        client.get(deployed.url)


def test_plain_listener_is_reached_by_plain_http(client: httpx.Client, world: Any, frontend: int) -> None:
    balancer = world.balancer()
    world.listener(balancer, world.target_group(frontend), Protocol="HTTP", Port=80, SslPolicy=None)

    assert client.get(f"http://{balancer['DNSName']}/a?b=c").json()["path"] == "/a?b=c"


@pytest.mark.parametrize(
    ("policy", "version", "accepted"),
    [
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", ssl.TLSVersion.TLSv1_2, False),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", ssl.TLSVersion.TLSv1_3, True),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", ssl.TLSVersion.TLSv1_2, True),
        ("ELBSecurityPolicy-2016-08", ssl.TLSVersion.TLSv1_3, False),
    ],
)
def test_tls_versions_are_those_of_the_listeners_policy(
    edge: Edge, world: Any, frontend: int, policy: str, version: ssl.TLSVersion, accepted: bool
) -> None:
    balancer = world.balancer()
    certificate = world.certificate(world.host("origin"))
    world.listener(
        balancer,
        world.target_group(frontend),
        SslPolicy=policy,
        Certificates=[{"CertificateArn": certificate}],
    )
    world.alias("origin", balancer["DNSName"])
    context = ssl.create_default_context(cafile=str(edge.authority.bundle))
    context.minimum_version = context.maximum_version = version

    with httpx.Client(proxy=edge.environment()["HTTPS_PROXY"], verify=context) as client:
        if accepted:
            assert client.get(f"https://{world.host('origin')}/").status_code == 200
        else:
            with pytest.raises(httpx.ConnectError, match="SSL"):
                client.get(f"https://{world.host('origin')}/")
