"""From the load balancer to its targets: TLS where the group says so, and only to those that pass their checks."""

import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import trustme

from rehearsal.edge import Edge
from tests.rehearsal.edge.conftest import Echo
from tests.rehearsal.waiting import wait_for

# A target that goes away in a TLS handshake makes `SSLContext.wrap_socket` lose its socket before it can be closed
# (`SSLSocket._create` of CPython 3.11 reads from it, and raises what the read raised).
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def tls_target() -> Iterator[int]:
    """A target whose certificate nobody knows and that has another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("somebody.else.example").configure_cert(context)
    server = Echo("tls")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def test_a_group_of_https_is_reached_by_tls_whatever_the_targets_certificate(
    client: httpx.Client, world: Any, tls_target: int
) -> None:
    url = _balanced(world, "HTTPS", tls_target)

    answer = client.post(f"{url}/api/x?y=1", content=b"hello")

    seen = answer.json()
    assert (seen["target"], seen["method"], seen["path"], seen["body"]) == (
        "tls",
        "POST",
        "/api/x?y=1",
        "hello",
    )
    assert client.get(f"{url}/no-such").status_code == 404


def test_a_group_of_https_does_not_speak_plainly_to_a_target(
    client: httpx.Client, world: Any, frontend: int
) -> None:
    assert client.get(_balanced(world, "HTTPS", frontend)).status_code == 502


def test_a_group_of_http_does_not_speak_tls_to_a_target(
    client: httpx.Client, world: Any, tls_target: int
) -> None:
    assert client.get(_balanced(world, "HTTP", tls_target)).status_code == 502


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])
def test_requests_go_to_healthy_targets_only(
    client: httpx.Client, world: Any, frontend: int, tls_target: int, protocol: str, edge: Edge
) -> None:
    url = _balanced(world, protocol, _closed_port(), tls_target if protocol == "HTTPS" else frontend)

    wait_for(lambda: {client.get(url).status_code for _ in range(12)} == {200})


def test_while_no_target_is_healthy_all_are_asked(client: httpx.Client, world: Any, frontend: int) -> None:
    assert client.get(_balanced(world, "HTTP", frontend, check="/no-such")).status_code == 200


def _balanced(world: Any, protocol: str, *ports: int, check: str = "/") -> str:
    """The URL of a load balancer with these targets."""
    api = world.client("elbv2")
    group = api.create_target_group(
        Name=f"g{uuid.uuid4().hex[:12]}",
        Protocol=protocol,
        Port=ports[0],
        TargetType="ip",
        VpcId="vpc-1",
        HealthCheckProtocol=protocol,
        HealthCheckPath=check,
    )["TargetGroups"][0]["TargetGroupArn"]
    api.register_targets(
        TargetGroupArn=group,
        Targets=[
            {"Id": f"127.0.0.{1 + number}", "Port": port} for number, port in enumerate(reversed(ports))
        ],
    )
    balancer, label = world.balancer(), f"b{uuid.uuid4().hex[:8]}"
    certificate = world.certificate(world.host(label))
    world.listener(balancer, group, Certificates=[{"CertificateArn": certificate}])
    world.alias(label, balancer["DNSName"])
    return f"https://{world.host(label)}"


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.2", 0))
        return int(taken.getsockname()[1])
