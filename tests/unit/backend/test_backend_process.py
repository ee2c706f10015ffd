"""The process around the API: headers, logs, start and stop."""

import json
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.unit.backend.conftest import StartBackend
from tests.unit.backend.postgres import Database
from tests.unit.backend.server import NODE, Backend


def test_health_says_who_answers_and_is_never_cached(client: httpx.Client) -> None:
    first, second = client.get("/api/health"), client.get("/api/health")

    assert first.status_code == 200
    assert first.json() == {"status": "ok", "service": "backend", "version": "0.1.0", "environment": "test"}
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["x-served-by"] == "backend"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_version_is_told(client: httpx.Client) -> None:
    assert client.get("/api/version").json()["version"] == "0.1.0"


def test_head_has_no_body(client: httpx.Client) -> None:
    answer = client.head("/api/health")

    assert (answer.status_code, answer.content) == (200, b"")


def test_logs_are_json_with_the_request_id_and_without_the_query(
    client: httpx.Client, backend: Backend
) -> None:
    answer = client.get("/api/version", params={"token": "not-for-the-log"})

    line = next(x for x in backend.logged() if x.get("request_id") == answer.headers["x-request-id"])
    assert (line["path"], line["status"]) == ("/api/version", 200)
    assert "not-for-the-log" not in backend.process.log.read_text()


def test_sigterm_finishes_what_was_begun(start_backend: StartBackend, database: Database) -> None:
    # GIVEN a request that waits for the database
    with start_backend({}) as backend, backend.client() as client, ThreadPoolExecutor() as pool:
        assert client.get("/api/ready").status_code == 200
        with database.locked("readiness"):
            answer = pool.submit(client.get, "/api/ready")
            time.sleep(0.3)
            # WHEN the task is stopped, and the database goes on
            backend.process.child.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        # THEN the request is answered, and the process ends by itself
        assert answer.result().status_code == 200
        assert backend.process.child.wait(15) == 0


def test_a_task_without_its_environment_names_all_that_is_missing(application: Path) -> None:
    run = subprocess.run(
        [NODE, application / "src" / "server.mjs"],
        env={"AWS_REGION": "us-east-1", "DB_PORT": "70000"},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 1
    detail = json.loads(run.stdout)["detail"]
    for name in ("DB_SECRET_ARN", "DB_WRITER_HOST", "SESSIONS_TABLE", "DB_PORT '70000'"):
        assert name in detail
    assert "AWS_REGION" not in detail
