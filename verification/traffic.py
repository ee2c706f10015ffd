"""Customers who go on asking while something is replaced."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType

import httpx

from portal_stage.config import Environment

MOST = 50.0
SHARE = 0.8  # of what one address may ask: above it the firewall would be measured, not the tasks
FIREWALL = (403, 429)


def doors(environment: Environment) -> dict[str, float]:
    """A page behind each door, and how often a second one address may ask for it."""
    firewall = environment.firewall
    cdn, api = firewall.cdn_requests_per_address / 300, firewall.api_requests_per_address / 300
    return {
        f"https://{environment.portal_host}/": min(MOST, SHARE * cdn),
        f"https://{environment.api_host}/api/health": min(
            MOST, SHARE * api, SHARE * environment.api.stage_rate_limit
        ),
    }


class Traffic:
    """GET requests, as often a second as each URL says; `failed` has those with 5xx, refused or without an answer."""

    def __init__(self, rates: Mapping[str, float], get: Callable[..., httpx.Response]) -> None:
        self._get = get
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.sent = 0
        self.failed: list[str] = []
        # As many threads as requests a second, so that an answer may take a second.
        self._threads = [
            threading.Thread(target=self._ask, args=(url, count / rate), daemon=True)
            for url, rate in rates.items()
            for count in [math.ceil(rate)]
            for _ in range(count)
        ]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, url: str, every: float) -> None:
        while not self._over.is_set():
            start = time.monotonic()
            self._note(url)
            self._over.wait(max(0.0, every - (time.monotonic() - start)))

    def _note(self, url: str) -> None:
        try:
            status = self._get(url).status_code
            wrong = f"{url} answered {status}" if status >= 500 or status in FIREWALL else ""
        except (httpx.HTTPError, OSError) as error:
            wrong = f"{url}: {error}"
        with self._lock:
            self.sent += 1
            if wrong:
                self.failed.append(wrong)
