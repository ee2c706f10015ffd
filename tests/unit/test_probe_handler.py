"""The probe against a real TLS server, through a proxy that knows the way to the balancer's name."""

import contextlib
import http.server
import importlib.util
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.unit.servers import serving

BALANCER, ORIGIN = "internal-alb.elb.amazonaws.com", "origin.bank.example"
SOURCE = Path(__file__).parents[2] / "portal_stage" / "portal" / "probe_handler" / "index.py"


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    balancer_port = 0

    def log_message(self, format: str, *args: object) -> None:
        pass


class Balancer(Quiet):
    """Answers with the Host that it was asked for; to `/long` with more than the probe reads."""

    def do_GET(self) -> None:
        body = b"x" * 200_000 if self.path == "/long" else self.headers["Host"].encode()
        self.send_response(404 if self.path == "/nothing" else 200)
        self.send_header("X-Served-By", "frontend")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)


class Proxy(Quiet):
    """Takes CONNECT for the balancer only."""

    def do_CONNECT(self) -> None:
        self.close_connection = True
        if self.path != f"{BALANCER}:443" or not self.balancer_port:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.balancer_port)) as far:
            back = threading.Thread(target=_pump, args=(far, self.connection))
            back.start()
            _pump(self.connection, far)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _balancer(authority: trustme.CA, certificate_name: str) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certificate_name).configure_cert(context)
    with serving(Balancer, context) as port:
        yield port


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the probe trusts as it would the operator's: by SSL_CERT_FILE."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(Proxy) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        yield


@pytest.fixture
def balancer(authority: trustme.CA, proxy: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with _balancer(authority, ORIGIN) as port:
        monkeypatch.setattr(Proxy, "balancer_port", port)
        yield


def probe(monkeypatch: pytest.MonkeyPatch, *paths: Any) -> dict[str, Any]:
    monkeypatch.setenv("ALB_DNS_NAME", BALANCER)
    monkeypatch.setenv("ORIGIN_NAME", ORIGIN)
    spec = importlib.util.spec_from_file_location("probe_handler", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    answer: dict[str, Any] = module.handler({"paths": list(paths)}, None)
    return answer


@pytest.mark.usefixtures("balancer")
def test_answers_are_told_with_the_certificate_they_came_under(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = probe(monkeypatch, "/healthz", "/nothing")

    assert seen["tls"]["version"] == "TLSv1.3"
    assert seen["tls"]["subject_alt_names"] == [ORIGIN]
    assert ssl.cert_time_to_seconds(seen["tls"]["not_after"]) > 0
    assert "organizationName" in seen["tls"]["issuer"]
    assert [(r["path"], r["status"]) for r in seen["responses"]] == [("/healthz", 200), ("/nothing", 404)]
    assert seen["responses"][0]["headers"]["x-served-by"] == "frontend"


@pytest.mark.usefixtures("balancer")
def test_the_balancer_is_asked_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe(monkeypatch, "/")["responses"][0]["body"] == BALANCER


@pytest.mark.usefixtures("balancer")
def test_long_body_is_cut_and_the_next_path_still_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    long, short = probe(monkeypatch, "/long", "/")["responses"]

    assert len(long["body"]) == 64 * 1024
    assert short["body"] == BALANCER


@pytest.mark.usefixtures("proxy")
def test_certificate_for_another_name_is_wrong_not_late(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _balancer(authority, "portal.bank.example") as port:
        monkeypatch.setattr(Proxy, "balancer_port", port)
        seen = probe(monkeypatch, "/")

    assert "responses" not in seen
    assert "Hostname mismatch" in seen["error"]
    assert seen["retry"] is False


@pytest.mark.usefixtures("balancer")
def test_certificate_of_an_unknown_authority_is_wrong_not_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))

    seen = probe(monkeypatch, "/")

    assert "CERTIFICATE_VERIFY_FAILED" in seen["error"]
    assert seen["retry"] is False


@pytest.mark.usefixtures("proxy", "authority")
def test_proxy_that_knows_no_way_is_late_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = probe(monkeypatch, "/")

    assert "502" in seen["error"]
    assert seen["retry"] is True


def test_name_that_does_not_resolve_is_late_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", _no_such_name)

    seen = probe(monkeypatch, "/")

    assert BALANCER in seen["error"]
    assert seen["retry"] is True


def _no_such_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("paths", [[], ["/"] * 21, ["healthz"], ["/a b"], ["/\r\nHost: x"], ["/é"], [7]])
def test_unusable_paths_are_the_caller_s_error(paths: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="for example"):
        probe(monkeypatch, *paths)
