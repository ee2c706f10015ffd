"""The proxy: what nobody deployed passes through, also by the user's own upstream proxy."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from rehearsal.cloud import Cloud
from rehearsal.edge import Edge
from rehearsal.edge.upstream import Upstream


class UpstreamStandIn(ThreadingHTTPServer):
    """A company's proxy: answers for every host itself, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _UpstreamHandler)
        self.asked: list[tuple[str, str, str | None]] = []


class _UpstreamHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: UpstreamStandIn

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Proxy-Authorization"]))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(403 if self.path.startswith("refused.example") else 200)
        if self.command != "CONNECT":
            self.send_header("Content-Length", str(len(body) + 8))
            self.end_headers()
            self.wfile.write(b"outside:" + body)
        else:  # what follows in the tunnel is the next request on this connection
            self.end_headers()

    do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def upstream() -> Iterator[UpstreamStandIn]:
    with UpstreamStandIn() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def start_edge(cloud: Cloud, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts an edge in the given environment of the user; gives the URL of its proxy."""
    with ExitStack() as opened:
        yield lambda **environment: opened.enter_context(Edge(cloud, tmp_path, environment)).environment()[
            "HTTPS_PROXY"
        ]


def test_host_on_loopback_is_reached_directly(start_edge: Callable[..., str], frontend: int) -> None:
    proxy = start_edge(http_proxy="http://127.0.0.1:1")

    with httpx.Client(proxy=proxy, headers={"Proxy-Connection": "keep-alive"}) as client:
        seen = client.get(f"http://127.0.0.1:{frontend}/a?b").json()

    assert seen["path"] == "/a?b"
    assert "proxy-connection" not in seen["headers"]


def test_unknown_host_goes_by_the_users_upstream(
    start_edge: Callable[..., str], upstream: UpstreamStandIn
) -> None:
    proxy = start_edge(http_proxy=f"http://me:p%40ss@127.0.0.1:{upstream.server_port}")

    answer = httpx.post("http://packages.example/simple/", content=b"x", proxy=proxy)

    assert answer.text == "outside:x"
    assert upstream.asked == [("POST", "http://packages.example/simple/", "Basic bWU6cEBzcw==")]


def test_tunnel_to_an_unknown_host_goes_by_the_users_upstream(
    start_edge: Callable[..., str], upstream: UpstreamStandIn
) -> None:
    proxy = httpx.URL(start_edge(HTTPS_PROXY=f"127.0.0.1:{upstream.server_port}"))

    with socket.create_connection((proxy.host, proxy.port or 0), 5) as tunnel:
        tunnel.sendall(b"CONNECT packages.example:443 HTTP/1.1\r\n\r\n")
        opened = tunnel.recv(4096)
        tunnel.sendall(b"GET /through HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: tunnel.recv(4096), b""))

    assert opened.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"outside:")
    assert [asked[:2] for asked in upstream.asked] == [
        ("CONNECT", "packages.example:443"),
        ("GET", "/through"),
    ]


def test_deployed_name_never_goes_upstream(
    start_edge: Callable[..., str], upstream: UpstreamStandIn, world: Any, frontend: int
) -> None:
    balancer = world.balancer()
    world.listener(balancer, world.target_group(frontend), Protocol="HTTP", Port=80, SslPolicy=None)
    world.alias("portal", balancer["DNSName"])
    proxy = start_edge(http_proxy=f"http://127.0.0.1:{upstream.server_port}")

    assert httpx.get(f"http://{world.host('portal')}/", proxy=proxy).json()["target"] == "frontend"
    assert httpx.get(f"http://{world.host('other')}/", proxy=proxy).status_code == 502
    assert upstream.asked == []


@pytest.mark.parametrize(
    "exception", ["*", "inside.example", ".example", "other.test, *.example", "127.0.0.2,inside.example"]
)
def test_host_that_the_user_excepts_is_reached_directly(tmp_path: Path, exception: str) -> None:
    upstream = Upstream({"HTTP_PROXY": "http://proxy.test:3128", "NO_PROXY": exception}, tmp_path)

    assert upstream.proxy_for("inside.example", "http") is None


def test_only_the_excepted_hosts_are_reached_directly(tmp_path: Path) -> None:
    upstream = Upstream({"HTTP_PROXY": "proxy.test:3128", "NO_PROXY": "10.0.0.0/8,side.example"}, tmp_path)

    hosts = ("10.1.2.3", "11.1.2.3", "inside.example", "side.example")
    assert [upstream.proxy_for(host, "http") is None for host in hosts] == [True, False, False, True]


def test_refusal_of_the_upstream_is_told(start_edge: Callable[..., str], upstream: UpstreamStandIn) -> None:
    proxy = start_edge(https_proxy=f"http://127.0.0.1:{upstream.server_port}")

    with pytest.raises(
        httpx.ProxyError, match=r"the upstream proxy 127\.0\.0\.1: it answered 'HTTP/1\.1 403"
    ):
        httpx.get("https://refused.example/", proxy=proxy)


def test_dead_upstream_is_told(start_edge: Callable[..., str]) -> None:
    proxy = start_edge(https_proxy="http://127.0.0.1:1")

    with pytest.raises(httpx.ProxyError, match=r"the upstream proxy 127\.0\.0\.1 cannot be reached"):
        httpx.get("https://packages.example/", proxy=proxy)


def test_upstream_of_another_kind_is_refused_with_an_example(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="https_proxy 'socks5://a:1': use the URL of an HTTP proxy, for example"
    ):
        Edge(cloud, tmp_path, {"https_proxy": "socks5://a:1"})


def test_resolver_tells_where_to_connect(edge: Edge, world: Any) -> None:
    world.change_record("CREATE", "db", TTL=60, ResourceRecords=[{"Value": "127.0.0.9"}])
    resolver = edge.environment()["REHEARSAL_RESOLVER"]

    def ask(name: str) -> tuple[int, dict[str, Any]]:
        answer = httpx.get(resolver, params={"name": name, "port": 5432}, trust_env=False)
        return answer.status_code, answer.json()

    assert ask(world.host("db")) == (200, {"address": "127.0.0.9", "port": 5432})
    assert ask("pypi.org")[0] == 404
    status, answer = ask(world.host("nobody"))
    assert (status, answer["error"].split(":")[0]) == (502, "NXDOMAIN")


def test_resolver_says_what_it_wants(edge: Edge) -> None:
    answer = httpx.get(edge.environment()["REHEARSAL_RESOLVER"], params={"name": "a"}, trust_env=False)

    assert answer.status_code == 400
    assert "use GET /resolve?name=portal.bank.example&port=443" in answer.json()["error"]
