"""The step before the backend makes its tables and its user, who can do what it needs and nothing else."""

import base64
import hashlib
import hmac
import subprocess

import pytest

from rehearsal.runtime.postgres import SUPERUSER
from tests.unit.backend.conftest import StartMigration
from tests.unit.backend.postgres import (
    MASTER,
    MASTER_PASSWORD,
    NOT_IN_CERTIFICATE,
    PASSWORD,
    READER,
    USER,
    Database,
)
from tests.unit.backend.processes import free_port


def as_backend(database: Database, sql: str, password: str = PASSWORD) -> str:
    return database.run(sql, user=USER, password=password)


def refusal(database: Database, sql: str, *, on: str = "portal") -> str:
    """Why the backend's user may not do that."""
    with pytest.raises(subprocess.CalledProcessError) as refused:
        database.run(sql, user=USER, password=PASSWORD, database=on)
    return str(refused.value.stderr)


def schema(database: Database) -> str:
    """Tables with their owners and rights, the roles, and who may what with the database."""
    return database.run(
        "SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = 'r' ORDER BY 1; SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles "
        "ORDER BY 1; SELECT datacl FROM pg_database WHERE datname = 'portal'"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mine (name text)",
        "CREATE TEMPORARY TABLE mine (name text)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "DROP TABLE readiness",
        "ALTER TABLE readiness ADD COLUMN more text",
        "TRUNCATE readiness",
        "DELETE FROM readiness",
    ],
)
def test_the_backends_user_creates_changes_and_drops_nothing(migrated: Database, sql: str) -> None:
    said = refusal(migrated, sql)
    assert "permission denied" in said or "must be owner" in said


def test_the_backends_user_counts_its_beats(migrated: Database) -> None:
    upsert = "INSERT INTO readiness VALUES ('test', 1) ON CONFLICT (name) DO UPDATE SET beat = 2"
    as_backend(migrated, upsert)
    assert as_backend(migrated, "SELECT count(*) FROM readiness WHERE name = 'test'") == "1"


def test_a_table_that_is_not_the_backends_cannot_be_read(
    migrated: Database, start_migration: StartMigration
) -> None:
    migrated.run("CREATE TABLE ledger (amount int)")
    try:
        assert "permission denied for table ledger" in refusal(migrated, "SELECT * FROM ledger")
        # A right that somebody has given by hand does not outlive the next deployment.
        migrated.run(f"GRANT SELECT ON ledger TO {USER}")
        assert as_backend(migrated, "SELECT count(*) FROM ledger") == "0"
        start_migration({}).end()
        assert "permission denied for table ledger" in refusal(migrated, "SELECT * FROM ledger")
    finally:
        migrated.run("DROP TABLE ledger")


def test_to_migrate_again_changes_nothing(migrated: Database, start_migration: StartMigration) -> None:
    as_backend(migrated, "INSERT INTO readiness VALUES ('kept', 7)")
    before = schema(migrated)

    start_migration({}).end()

    assert schema(migrated) == before
    assert as_backend(migrated, "SELECT beat FROM readiness WHERE name = 'kept'") == "7"
    assert f"{USER}=arw/{MASTER}" in before


def test_tasks_that_start_together_take_turns(migrated: Database, start_migration: StartMigration) -> None:
    # GIVEN a database in which nobody has migrated
    migrated.run("DROP TABLE readiness")
    migrated.run(f"DROP OWNED BY {USER}", user=SUPERUSER)
    migrated.run(f"DROP ROLE {USER}")

    migrations = [start_migration({}) for _ in range(5)]
    for migration in migrations:
        migration.end()

    assert as_backend(migrated, "SELECT count(*) FROM readiness") == "0"


def test_a_task_waits_for_the_one_that_migrates(migrated: Database, start_migration: StartMigration) -> None:
    """Without a lock of its own it would trip over what the other has not committed."""
    with migrated.migrating():
        second = start_migration({})
        waits = "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
        migrated.run(f"DO $$ BEGIN WHILE NOT {waits} LOOP PERFORM pg_sleep(0.02); END LOOP; END $$")
    second.end()


def test_the_password_never_reaches_the_server(migrated: Database, start_migration: StartMigration) -> None:
    migrated.run("ALTER SYSTEM SET log_statement = 'all'", user=SUPERUSER)
    migrated.run("SELECT pg_reload_conf()", user=SUPERUSER)
    try:
        start_migration({"DB_PASSWORD": "never-to-be-logged"}).end()
        log = migrated.writer_log()
    finally:
        migrated.run("ALTER SYSTEM RESET log_statement", user=SUPERUSER)
        migrated.run("SELECT pg_reload_conf()", user=SUPERUSER)
        start_migration({}).end()

    assert f'ALTER ROLE "{USER}" PASSWORD' in log
    assert "never-to-be-logged" not in log


def test_postgresql_keeps_what_the_rfc_says(migrated: Database) -> None:
    asked = "SELECT rolpassword FROM pg_authid WHERE rolname = 'portal_backend'"
    method, salted, keys = migrated.run(asked, user=SUPERUSER).split("$")
    iterations, salt = salted.split(":")
    password = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(salt), int(iterations))
    client_key = hmac.digest(password, b"Client Key", "sha256")
    server_key = hmac.digest(password, b"Server Key", "sha256")
    expected = [hashlib.sha256(client_key).digest(), server_key]
    assert method == "SCRAM-SHA-256"
    assert [base64.b64decode(key) for key in keys.split(":")] == expected


def test_a_new_password_takes_the_place_of_the_old(
    migrated: Database, start_migration: StartMigration
) -> None:
    start_migration({"DB_PASSWORD": "second-password"}).end()
    try:
        assert as_backend(migrated, "SELECT 1", "second-password") == "1"
        assert "authentication failed" in refusal(migrated, "SELECT 1")
    finally:
        start_migration({}).end()
    assert as_backend(migrated, "SELECT 1") == "1"


def test_half_a_migration_is_none(migrated: Database, start_migration: StartMigration) -> None:
    """A right that cannot be given, after the password was set: the old password still counts."""
    migrated.run("ALTER TABLE readiness OWNER TO rdsadmin", user=SUPERUSER)
    try:
        *_, line = start_migration({"DB_PASSWORD": "second-password"}).end(1)
        assert line["code"] == "42501"
    finally:
        migrated.run(f"ALTER TABLE readiness OWNER TO {MASTER}", user=SUPERUSER)
    assert as_backend(migrated, "SELECT 1") == "1"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"DB_MASTER_PASSWORD": "wrong"}, "password authentication failed"),
        ({"DB_USER": MASTER}, "a user of its own"),
        ({"DB_PASSWORD": "pässword"}, "printable ASCII"),
        ({"DB_WRITER_HOST": NOT_IN_CERTIFICATE}, "does not match certificate's altnames"),
        ({"DB_PASSWORD": "", "DB_NAME": ""}, "DB_NAME is not set; DB_PASSWORD is not set"),
    ],
)
def test_what_cannot_be_migrated_fails_with_a_sentence_and_without_a_secret(
    migrated: Database, start_migration: StartMigration, changes: dict[str, str], told: str
) -> None:
    *_, line = start_migration(changes).end(1)
    assert line["message"] == "cannot migrate"
    assert told in line["detail"]
    assert MASTER_PASSWORD not in str(line)
    assert PASSWORD not in str(line)


def test_a_writer_that_is_not_there_yet_is_waited_for(
    migrated: Database, start_migration: StartMigration
) -> None:
    port = free_port()
    migration = start_migration({"DB_PORT": str(port)})
    assert migration.hear()["message"] == "no writer yet"

    with migrated.another_door(port):
        assert migration.end()[-1]["message"] == "migrated"


def test_an_endpoint_that_still_leads_to_a_reader_is_asked_again(
    migrated: Database, start_migration: StartMigration
) -> None:
    migration = start_migration({"DB_WRITER_HOST": READER})
    assert [migration.hear()["code"] for _ in range(2)] == ["25006", "25006"]
    migration.kill()
