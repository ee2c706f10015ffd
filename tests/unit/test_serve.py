"""How both images' servers speak TLS, and how they end: the same two files in each."""

import json
import signal
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.backend.server import ROOT
from tests.unit.servers import trusting_anybody
from tests.unit.test_frontend import _frontend

CONTAINERS = ROOT / "containers"


@pytest.mark.parametrize("name", ["serve.mjs", "certificate.mjs", "healthcheck.mjs"])
def test_both_images_have_the_same_file(name: str) -> None:
    frontend, backend = CONTAINERS / "frontend" / name, CONTAINERS / "backend" / "src" / name
    assert frontend.read_text() == backend.read_text(), (
        f"copy {frontend} to {backend}, or the other way round"
    )


def test_over_tls_a_certificate_is_made_at_start_for_thirty_days(tmp_path: Path) -> None:
    with _frontend(tmp_path, "https") as (_, client):
        assert client.get("/healthz").status_code == 200
        made = x509.load_pem_x509_certificate(_certificate(client).encode())

    key = made.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    left = made.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)
    assert not list((tmp_path / "application").rglob("*.pem")), "the root file system is read-only"


def test_two_tasks_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with (
        _frontend(tmp_path / "one", "https") as (_, one),
        _frontend(tmp_path / "two", "https") as (_, two),
    ):
        assert _certificate(one) != _certificate(two)


def test_an_unknown_protocol_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="PROTOCOL 'ftp': use http or https"), _frontend(tmp_path, "ftp"):
        pass


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_after_sigterm_new_connections_are_served_and_closed_until_it_is_quiet(
    tmp_path: Path, protocol: str
) -> None:
    # GIVEN a task with a connection that is kept alive
    with _frontend(tmp_path, protocol) as (process, client):
        assert "close" not in client.get("/").headers.get("connection", "")

        # WHEN it is stopped while requests still come, on old connections and on new ones
        process.child.send_signal(signal.SIGTERM)
        process.wait_until(lambda: '"stopping"' in process.log.read_text())
        answers = []
        for _ in range(20):
            answers.append(client.get("/"))
            time.sleep(0.05)

        # THEN each is answered, and its connection closed
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.headers["connection"] for answer in answers} == {"close"}
        # AND a quiet task ends before ECS's stop timeout of 40 s
        assert process.child.wait(15) == 0


def test_a_stopping_task_stays_while_health_checks_come_and_ends_before_ecs_kills_it(tmp_path: Path) -> None:
    with _frontend(tmp_path) as (process, client):
        process.child.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        while process.child.poll() is None and time.monotonic() < stopped + 40:
            try:
                assert client.get("/healthz").status_code == 200
            except httpx.TransportError:
                break
            time.sleep(1)

        assert 28 < time.monotonic() - stopped < 40
        assert process.child.wait(10) == 0


def _certificate(client: httpx.Client) -> str:
    port = client.base_url.port
    assert port
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting_anybody().wrap_socket(plain, server_hostname="any") as secure,
    ):
        return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True) or b"")


def test_the_log_tells_the_protocol(tmp_path: Path) -> None:
    with _frontend(tmp_path, "https") as (process, _):
        assert json.loads(process.log.read_text().splitlines()[0])["protocol"] == "https"
