"""Door 3: API Gateway, as a partner's system comes."""

from concurrent.futures import ThreadPoolExecutor

from integration_tests.door import Door, described

# Far more than the tiny plan admits, and fewer than any environment's stage: a 429 is then the plan's own.
AT_ONCE = 6
ROUNDS = 3
# A new key is refused for some seconds, and a test before this one may have used up the tiny plan's second.
SPREADING = frozenset({403, 429})


def test_health_needs_no_key(api_gateway: Door) -> None:
    answer = api_gateway.get("/api/health")

    assert answer.status_code == 200, described(answer)
    assert answer.headers.get("x-served-by") == "backend", described(answer)


def test_without_a_key_nothing_passes(api_gateway: Door) -> None:
    answer = api_gateway.get("/api/version")

    assert answer.status_code == 403, described(answer)
    assert "x-served-by" not in answer.headers, described(answer)


def test_with_the_key_the_backend_answers(api_gateway: Door, api_key: dict[str, str]) -> None:
    answer = api_gateway.request("GET", "/api/version", headers=api_key, spreading=SPREADING)

    assert answer.status_code == 200, described(answer)
    assert answer.headers.get("x-served-by") == "backend", described(answer)


def test_partners_may_ask_for_the_sessions_of_a_customer(api_gateway: Door, api_key: dict[str, str]) -> None:
    path = "/api/customers/integration-tests/sessions"
    answer = api_gateway.request("GET", path, headers=api_key, spreading=SPREADING)

    assert answer.status_code == 200, described(answer)
    assert answer.headers.get("x-served-by") == "backend", described(answer)


def test_readiness_is_not_there(api_gateway: Door, api_key: dict[str, str]) -> None:
    answer = api_gateway.request("GET", "/api/ready", headers=api_key, spreading=SPREADING)

    assert answer.status_code == 404, described(answer)
    assert "x-served-by" not in answer.headers, described(answer)


def test_more_than_the_plan_allows_is_turned_away(api_gateway: Door, api_key: dict[str, str]) -> None:
    seen: set[int] = set()
    with ThreadPoolExecutor(AT_ONCE) as callers:
        for _ in range(ROUNDS):
            answers = callers.map(lambda _: api_gateway.get("/api/version", headers=api_key), range(AT_ONCE))
            seen |= {answer.status_code for answer in answers}
            if 429 in seen:
                return

    raise AssertionError(f"no 429 in {AT_ONCE * ROUNDS} calls, {AT_ONCE} at a time: only {sorted(seen)}")


def test_unknown_path_never_reaches_the_backend(api_gateway: Door, api_key: dict[str, str]) -> None:
    answer = api_gateway.get("/no-such-path", headers=api_key)

    assert answer.status_code in (403, 404), described(answer)
    assert "x-served-by" not in answer.headers, described(answer)
