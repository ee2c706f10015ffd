"""One way into the portal over HTTP."""

import ssl
from types import TracebackType
from typing import Self

import httpx

from integration_tests.patience import NotUpYet, Patience, check_is_up

SECONDS_PER_OPERATION = 15.0
NOBODY_ANSWERED = (httpx.NetworkError, httpx.TimeoutException, httpx.ProxyError, httpx.RemoteProtocolError)


class Door:
    """Requests that wait while nobody answers, and follow no redirect: where they lead is part of the answer."""

    def __init__(self, url: str, patience: Patience) -> None:
        self._patience = patience
        self._client = httpx.Client(base_url=url, follow_redirects=False, timeout=SECONDS_PER_OPERATION)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        json: object = None,
        spreading: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """`path`: below the door's URL, or a whole URL. `spreading`: further statuses that mean "not up yet"."""

        def attempt() -> httpx.Response:
            try:
                answer = self._client.request(method, path, headers=headers, json=json)
            except NOBODY_ANSWERED as error:
                if _is_about_trust(error):
                    raise AssertionError(f"{method} {error.request.url}: {error}") from error
                raise NotUpYet(f"{method} {error.request.url}: {type(error).__name__}: {error}") from error
            check_is_up(f"{method} {answer.url}", answer.status_code, answer.headers)
            if answer.status_code in spreading:
                raise NotUpYet(f"{method} {answer.url} answered {answer.status_code}: {answer.text[:200]}")
            return answer

        return self._patience.wait_for(attempt)


def _is_about_trust(error: BaseException | None) -> bool:
    """A certificate that does not verify gets no better by waiting."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def described(answer: httpx.Response) -> str:
    """An answer in a line, for the message of an assertion."""
    by = answer.headers.get("x-served-by", "none of the applications")
    return f"{answer.request.method} {answer.url} -> {answer.status_code} by {by}: {answer.text[:300]}"
