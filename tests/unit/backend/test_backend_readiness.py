"""GET /api/ready uses the database and the sessions for real, and names what fails."""

import httpx

from tests.unit.backend.aws import Aws
from tests.unit.backend.conftest import StartBackend, StartMigration
from tests.unit.backend.postgres import NOT_IN_CERTIFICATE, PASSWORD, Database

PARTS = {"database_writer", "database_reader", "sessions_table", "sessions_index"}


def test_ready_times_each_part_that_it_used(client: httpx.Client) -> None:
    answer = client.get("/api/ready")

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["status"] == "ready"
    assert body["failing"] == []
    assert set(body["checks"]) == PARTS
    assert all(check["ok"] and 0 < check["ms"] < 5000 for check in body["checks"].values())


def test_ready_writes_one_row_and_one_item_however_often_it_is_asked(
    client: httpx.Client, aws: Aws, database: Database
) -> None:
    for _ in range(3):
        assert client.get("/api/ready").status_code == 200

    database.run("DO $$ BEGIN ASSERT (SELECT count(*) = 1 AND max(beat) >= 3 FROM readiness); END $$")
    markers = [item for item in aws.items("sessions") if item["customer_id"]["S"] == "#readiness"]
    assert len(markers) == 1


def test_a_reader_whose_certificate_has_another_name_is_not_trusted(start_backend: StartBackend) -> None:
    with start_backend({"DB_READER_HOST": NOT_IN_CERTIFICATE}) as backend, backend.client() as client:
        answer = client.get("/api/ready")

    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database_reader"]
    assert answer.json()["checks"]["database_reader"]["code"] == "ERR_TLS_CERT_ALTNAME_INVALID"


def test_an_unknown_authority_is_not_trusted(start_backend: StartBackend) -> None:
    with start_backend({"NODE_EXTRA_CA_CERTS": ""}) as backend, backend.client() as client:
        answer = client.get("/api/ready")

    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database_reader", "database_writer"]


def test_a_missing_index_is_named_and_the_table_is_not(start_backend: StartBackend) -> None:
    with start_backend({"CUSTOMER_INDEX": "by-nobody"}) as backend, backend.client() as client:
        answer = client.get("/api/ready")

    assert answer.status_code == 503
    assert answer.json()["failing"] == ["sessions_index"]


def test_an_unreadable_secret_fails_the_database_only_and_is_not_shown(start_backend: StartBackend) -> None:
    with start_backend({"DB_SECRET_ARN": "no-such-secret"}) as backend, backend.client() as client:
        answer = client.get("/api/ready")

    assert answer.json()["failing"] == ["database_reader", "database_writer"]
    assert answer.json()["checks"]["database_writer"]["code"] == "ResourceNotFoundException"
    assert "no-such-secret" not in answer.text


def test_a_write_that_blocks_is_given_up_and_reading_goes_on(
    client: httpx.Client, database: Database
) -> None:
    assert client.get("/api/ready").status_code == 200
    with database.locked("readiness"):
        answer = client.get("/api/ready")

    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database_writer"]


def test_a_reader_that_stays_behind_is_named(client: httpx.Client, database: Database) -> None:
    assert client.get("/api/ready").status_code == 200
    with database.reader_behind():
        answer = client.get("/api/ready")

    assert answer.json()["failing"] == ["database_reader"]
    assert answer.json()["checks"]["database_reader"]["code"] == "LAG"


def test_a_changed_password_is_read_again(
    start_backend: StartBackend, start_migration: StartMigration, aws: Aws, migrated: Database
) -> None:
    def change_password(password: str) -> None:
        aws.put_password(password)
        start_migration({"DB_PASSWORD": password}).end()
        migrated.disconnect_backend()

    with start_backend({}) as backend, backend.client() as client:
        assert client.get("/api/ready").status_code == 200
        # WHEN the secret has changed, a new task has migrated, and the old connections are gone
        change_password("second-password")
        answer = client.get("/api/ready")
        change_password(PASSWORD)

        assert answer.status_code == 200, answer.text
        assert any("refused the secret" in line["message"] for line in backend.logged())
