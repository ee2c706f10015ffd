"""The frontend as a process: what it answers, how it may be kept, and how it stops."""

import contextlib
import hashlib
import json
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.unit.backend.processes import Running, running
from tests.unit.backend.server import NODE, ROOT, installed
from tests.unit.servers import trusting_anybody

SOURCE = ROOT / "containers" / "frontend"


@contextlib.contextmanager
def _frontend(folder: Path, protocol: str = "http") -> Iterator[tuple[Running, httpx.Client]]:
    application = folder / "application"
    shutil.copytree(SOURCE, application, ignore=shutil.ignore_patterns("node_modules", "static"))
    (application / "node_modules").symlink_to(installed(SOURCE))
    argv = [str(NODE), str(application / "server.mjs")]
    env = {"PORT": "0", "ENVIRONMENT": "<b>dev</b>", "PROTOCOL": protocol}
    with running(argv, folder=folder, env=env, stop=signal.SIGKILL) as process:
        process.wait_until(lambda: '"listening"' in process.log.read_text())
        port = json.loads(process.log.read_text().splitlines()[0])["port"]
        with httpx.Client(
            base_url=f"{protocol}://127.0.0.1:{port}", trust_env=False, verify=trusting_anybody()
        ) as client:
            yield process, client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with _frontend(tmp_path_factory.mktemp("frontend")) as (_, client):
        yield client


@pytest.mark.parametrize(
    ("path", "status", "caching"),
    [
        ("/", 200, "public, max-age=60"),
        ("/healthz", 200, "no-store"),
        ("/no-such-page", 404, "public, max-age=10"),
        ("/static/portal.css", 404, "public, max-age=10"),
    ],
)
def test_each_answer_says_who_gave_it_and_how_long_it_keeps(
    client: httpx.Client, path: str, status: int, caching: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["x-served-by"] == "frontend"
    assert answer.headers["cache-control"] == caching
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_pages_show_the_environment_as_text(client: httpx.Client) -> None:
    for path in ("/", "/no-such-page"):
        page = client.get(path).text

        assert "{{" not in page
        assert "<b>dev" not in page
        assert "&#60;b&#62;dev" in page


def test_pages_ask_only_for_static_files_that_exist(client: httpx.Client) -> None:
    pages = [client.get("/").text, client.get("/no-such-page").text]
    pages.append((SOURCE / "static" / "maintenance.html").read_text())

    for page in pages:
        assets = re.findall(r'<(?:link|img|script)[^>]* (?:href|src)="([^"]+)"', page)
        assert assets
        for asset in assets:
            assert asset.startswith("/static/"), asset
            assert (SOURCE / asset.removeprefix("/")).is_file(), asset


def test_what_is_kept_for_a_year_is_named_after_its_content() -> None:
    files = list((SOURCE / "static" / "assets").iterdir())
    assert files
    for file in files:
        stem = file.stem.rpartition("-")[0] or file.stem
        expected = f"{stem}-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}{file.suffix}"
        assert file.name == expected, f"rename {file.name} to {expected}, and in the pages that ask for it"


def test_pages_ask_only_for_files_that_may_be_kept_for_a_year(client: httpx.Client) -> None:
    pages = [client.get("/").text, client.get("/no-such-page").text]
    pages.append((SOURCE / "static" / "maintenance.html").read_text())
    for page in pages:
        assert set(re.findall(r'"/static/[^"]+"', page)) == set(re.findall(r'"/static/assets/[^"]+"', page))


def test_pages_hold_nothing_that_their_own_policy_forbids(client: httpx.Client) -> None:
    for path in ("/", "/no-such-page"):
        assert not re.search(r"<style|\bstyle=|\bon\w+=|<script(?![^>]*\bsrc=)", client.get(path).text)


def test_nothing_but_reading_is_offered(client: httpx.Client) -> None:
    answer = client.post("/", json={})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_only(client: httpx.Client) -> None:
    answer = client.head("/")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(client.get("/").content)


def test_image_leaves_the_static_files_to_the_bucket() -> None:
    assert "static" in (SOURCE / ".dockerignore").read_text().splitlines()
    assert "static" not in (SOURCE / "Dockerfile").read_text()
