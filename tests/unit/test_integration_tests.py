"""The pipeline's own tests, tested: what they wait for, what they do not, and that a skip fails the run."""

import http.server
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from integration_tests import environment, patience
from integration_tests.door import Door
from integration_tests.environment import EnvironmentIncomplete
from integration_tests.patience import NotUpYet, Patience
from tests.unit.servers import serving

ROOT = Path(__file__).parents[2]


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers with each status in turn, and with the last one from then on."""

    statuses: list[int] = []  # noqa: RUF012 - set by each test
    served_by = ""

    def do_GET(self) -> None:
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        if self.served_by:
            self.send_header("x-served-by", self.served_by)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Answers) as port:
        yield port


def test_every_missing_variable_is_named_in_one_message() -> None:
    with pytest.raises(EnvironmentIncomplete) as raised:
        environment.read({"AWS_REGION": "us-east-1", "PORTAL_URL": ""})

    missing = set(environment.EXAMPLES) - {"AWS_REGION"}
    assert all(name in str(raised.value) for name in missing)
    assert "AWS_REGION" not in str(raised.value)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "the portal's tests need in their environment: PORTAL_URL (for example"),
        (
            environment.EXAMPLES | {"WAIT_SECONDS": "soon"},
            "WAIT_SECONDS as a whole number (for example 120), not",
        ),
    ],
    ids=["nothing", "no number"],
)
def test_without_its_variables_the_run_ends_before_the_first_test(
    variables: dict[str, str], told: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in environment.EXAMPLES}
    argv = [sys.executable, "-m", "pytest", "integration_tests", "-p", "no:cacheprovider"]
    run = subprocess.run(argv, cwd=ROOT, env=kept | variables, capture_output=True, text=True)

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert told in run.stdout
    assert " passed" not in run.stdout


def test_how_long_is_waited_can_be_said() -> None:
    assert environment.read(environment.EXAMPLES).wait_seconds == 120
    assert environment.read(environment.EXAMPLES | {"WAIT_SECONDS": "600"}).wait_seconds == 600


def test_unavailable_is_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "statuses", [502, 503, 504, 200])

    with Door(f"http://127.0.0.1:{port}", Patience(5)) as door:
        assert door.get("/").status_code == 200


def test_what_an_application_says_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "statuses", [503, 200])
    monkeypatch.setattr(Answers, "served_by", "backend")

    with Door(f"http://127.0.0.1:{port}", Patience(5)) as door:
        assert door.get("/").status_code == 503


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_wrong_answer_is_not_waited_for(port: int, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "statuses", [status, 200])

    with Door(f"http://127.0.0.1:{port}", Patience(5)) as door:
        assert door.get("/").status_code == status


def test_status_that_is_still_spreading_is_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "statuses", [403, 429, 200])

    with Door(f"http://127.0.0.1:{port}", Patience(5)) as door:
        assert door.request("GET", "/", spreading=frozenset({403, 429})).status_code == 200


def test_nobody_there_is_waited_for_until_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    late = r"not up within 0\.3 s .* http://127\.0\.0\.1:1/page: ConnectError"

    with Door("http://127.0.0.1:1", Patience(0.3)) as door, pytest.raises(AssertionError, match=late):
        door.get("/page")


def test_certificate_that_is_not_trusted_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    started = time.monotonic()

    with (
        serving(Answers, context) as port,
        Door(f"https://127.0.0.1:{port}", Patience(30)) as door,
        pytest.raises(AssertionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        door.get("/")

    assert time.monotonic() - started < 10


def test_deadline_is_one_for_all_tests() -> None:
    shared, attempts = Patience(0.2), []

    def down() -> None:
        attempts.append(1)
        raise NotUpYet("nobody")

    with pytest.raises(AssertionError):
        shared.wait_for(down)
    before = len(attempts)
    with pytest.raises(AssertionError):
        shared.wait_for(down)

    assert before > 1
    assert len(attempts) == before + 1


@pytest.mark.parametrize(
    "skipping",
    [
        "def test(): pytest.skip('no key')",
        "@pytest.mark.xfail\ndef test(): assert False",
        "pytest.skip('x', allow_module_level=True)",
    ],
)
def test_skip_fails_the_run(tmp_path: Path, skipping: str) -> None:
    (tmp_path / "conftest.py").write_text("from integration_tests.conftest import *\n")
    (tmp_path / "test_it.py").write_text(f"import pytest\n{skipping}\n")
    report = tmp_path / "report.xml"

    argv = [sys.executable, "-m", "pytest", str(tmp_path), "-p", "no:cacheprovider", f"--junitxml={report}"]
    run = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)

    assert run.returncode in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED), run.stdout
    assert "proves nothing" in run.stdout
    assert 'skipped="0"' in report.read_text()
