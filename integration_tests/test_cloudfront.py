"""Door 2: CloudFront, as a customer's browser comes."""

from integration_tests.door import Door, described
from integration_tests.environment import Portal

STATIC_FILE = "/static/portal.css"


def test_http_is_redirected_to_https(cloudfront: Door, portal: Portal) -> None:
    page = f"{portal.url}/some/page?with=query"

    answer = cloudfront.get(page.replace("https://", "http://", 1))

    assert answer.status_code in (301, 307, 308), described(answer)
    assert answer.headers["location"] == page


def test_start_page_comes_from_the_frontend(cloudfront: Door) -> None:
    answer = cloudfront.get("/")

    assert answer.status_code == 200, described(answer)
    assert answer.headers.get("x-served-by") == "frontend", described(answer)
    assert answer.headers["content-type"].startswith("text/html"), answer.headers["content-type"]


def test_static_files_come_from_the_bucket(cloudfront: Door) -> None:
    answer = cloudfront.get(STATIC_FILE)

    assert answer.status_code == 200, described(answer)
    assert "x-served-by" not in answer.headers, described(answer)
    assert answer.headers["content-type"].startswith("text/css"), answer.headers["content-type"]


def test_api_health_comes_from_the_backend_and_is_not_cached(cloudfront: Door) -> None:
    first, second = cloudfront.get("/api/health"), cloudfront.get("/api/health")

    for answer in (first, second):
        assert answer.status_code == 200, described(answer)
        assert answer.headers.get("x-served-by") == "backend", described(answer)
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


def test_bucket_itself_refuses(cloudfront: Door, portal: Portal) -> None:
    answer = cloudfront.get(f"https://{portal.static_bucket}.s3.{portal.region}.amazonaws.com{STATIC_FILE}")

    assert answer.status_code == 403, described(answer)
