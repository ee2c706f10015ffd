"""The listener before a database: it ends with connections open, and says nothing of it."""

import socket
from pathlib import Path

import pytest
import trustme

from rehearsal.runtime.database_door import DatabaseDoors
from tests.rehearsal.waiting import wait_for


def test_it_stops_quietly_while_a_client_is_connected(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pair = trustme.CA().issue_cert("db.bank.example")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pair.cert_chain_pems[0].write_to_path(certificate)
    pair.private_key_pem.write_to_path(key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        inside = server.getsockname()
    doors = DatabaseDoors()
    port = _free_port()
    doors.open("127.0.0.1", port, inside=inside, certificate=certificate, key=key, tls_only=lambda: True)

    with socket.create_connection(("127.0.0.1", port)):
        wait_for(lambda: bool(doors._connections))
        doors.stop()

    assert [record.getMessage() for record in caplog.records] == []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
