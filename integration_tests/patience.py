"""Tells "not up yet", which is waited for, from "wrong", which is not."""

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

PAUSE_SECONDS = 1.0
UNAVAILABLE = {502, 503, 504}
_T = TypeVar("_T")


class NotUpYet(Exception):  # noqa: N818 - a condition, seldom an error
    """Nobody has answered so far; the message says what was tried and what came instead."""


class Patience:
    """One deadline for the whole run: what is still down after it gets one attempt per test, not another wait."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def wait_for(self, attempt: Callable[[], _T]) -> _T:
        """What `attempt` returns. Raises AssertionError when it still raises NotUpYet at the deadline."""
        while True:
            try:
                return attempt()
            except NotUpYet as reason:
                if time.monotonic() + PAUSE_SECONDS > self._deadline:
                    message = f"not up within {self._seconds:g} s of the start of the tests: {reason}"
                    raise AssertionError(message) from reason
            time.sleep(PAUSE_SECONDS)


def check_is_up(what: str, status: int, headers: Mapping[str, str]) -> None:
    """Raises NotUpYet for an answer that came from something in front of the applications.

    A 503 with `x-served-by` is an application's own word, such as the backend's about its database.
    """
    if status in UNAVAILABLE and "x-served-by" not in headers:
        raise NotUpYet(f"{what} answered {status}")
