"""Door 2: CloudFront, as a customer's browser comes."""

import re

import pytest

from integration_tests.door import Door, described
from integration_tests.environment import Portal

# The one file whose name is fixed: CloudFront shows it when nothing behind it answers.
STATIC_FILE = "/static/maintenance.html"
A_YEAR = 365 * 24 * 3600


def test_http_is_redirected_to_https(cloudfront: Door, portal: Portal) -> None:
    page = f"{portal.url}/some/page?with=query"

    answer = cloudfront.get(page.replace("https://", "http://", 1))

    assert answer.status_code in (301, 307, 308), described(answer)
    assert answer.headers.get("location") == page, described(answer)


def test_start_page_comes_from_the_frontend(cloudfront: Door) -> None:
    answer = cloudfront.get("/")

    assert answer.status_code == 200, described(answer)
    assert answer.headers.get("x-served-by") == "frontend", described(answer)
    assert answer.headers.get("content-type", "").startswith("text/html"), answer.headers


def test_static_files_come_from_the_bucket(cloudfront: Door) -> None:
    answer = cloudfront.get(STATIC_FILE)

    assert answer.status_code == 200, described(answer)
    assert "x-served-by" not in answer.headers, described(answer)
    assert answer.headers.get("content-type", "").startswith("text/html"), answer.headers


def test_what_the_start_page_asks_for_is_there_and_may_be_kept_for_a_year(cloudfront: Door) -> None:
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', cloudfront.get("/").text)))

    assert files, "the start page asks for no file of /static/"
    for file in files:
        answer = cloudfront.get(file)
        assert answer.status_code == 200, described(answer)
        caching = answer.headers.get("cache-control", "")
        assert f"max-age={A_YEAR}" in caching, f"{file}: {caching!r}"
        assert "immutable" in caching, f"{file}: {caching!r}"


@pytest.mark.parametrize("path", [STATIC_FILE, "/no-such-page", "/api/health"])
def test_every_answer_tells_the_browser_how_to_protect_the_customer(cloudfront: Door, path: str) -> None:
    answer = cloudfront.get(path)

    headers = answer.headers
    assert "max-age=31536000" in headers.get("strict-transport-security", ""), described(answer)
    assert headers.get("x-content-type-options") == "nosniff", described(answer)
    assert headers.get("referrer-policy") == "strict-origin-when-cross-origin", described(answer)
    directives = headers.get("content-security-policy", "").split("; ")
    assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(directives), directives
    assert not any("unsafe-inline" in directive for directive in directives), directives


def test_api_health_comes_from_the_backend_and_is_not_cached(cloudfront: Door) -> None:
    first, second = cloudfront.get("/api/health"), cloudfront.get("/api/health")

    for answer in (first, second):
        assert answer.status_code == 200, described(answer)
        assert answer.headers.get("x-served-by") == "backend", described(answer)
        assert "x-request-id" in answer.headers, described(answer)
    assert first.headers["x-request-id"] != second.headers["x-request-id"], (
        "the second answer was the first, cached"
    )


def test_session_is_opened_read_and_closed(cloudfront: Door) -> None:
    opened = cloudfront.request(
        "POST", "/api/sessions", json={"customer_id": "integration-tests", "device_id": "pipeline"}
    )
    assert opened.status_code == 201, described(opened)
    path = f"/api/sessions/{opened.json()['session_id']}"

    read = cloudfront.get(path)
    closed = cloudfront.request("DELETE", path)
    gone = cloudfront.get(path)

    assert (read.status_code, read.json()) == (200, opened.json()), described(read)
    assert closed.status_code == 204, described(closed)
    assert gone.status_code == 404, described(gone)


@pytest.mark.parametrize(
    "path", ["/api/ready", "/api/customers/integration-tests/sessions", "/api/devices/pipeline/sessions"]
)
def test_what_is_not_for_browsers_is_not_there(cloudfront: Door, path: str) -> None:
    answer = cloudfront.get(path)

    assert answer.status_code == 404, described(answer)
    assert "x-served-by" not in answer.headers, described(answer)


def test_bucket_itself_refuses(cloudfront: Door, portal: Portal) -> None:
    answer = cloudfront.get(f"https://{portal.static_bucket}.s3.{portal.region}.amazonaws.com{STATIC_FILE}")

    assert answer.status_code == 403, described(answer)
