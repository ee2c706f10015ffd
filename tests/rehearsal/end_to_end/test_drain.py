"""Every task of prod is replaced while each door is asked fifty times a second, and no request fails."""

import itertools
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from .conftest import Standing

PER_SECOND = 50
LEAST_SECONDS = 20
REPLACED_SECONDS = 60
HEALTHY_SECONDS = 6  # a task starts and passes its first check
CLUSTER = "ecs-prod"
SERVICES = ("frontend", "backend")
PATHS = ("/", "/api/version")
Send = Callable[[int], httpx.Response]


class Tasks:
    """The tasks of prod's services."""

    def __init__(self, standing: Standing) -> None:
        self._ecs = standing.client("ecs", stack="portal-prod")

    def running(self) -> set[str]:
        found = [self._ecs.list_tasks(cluster=CLUSTER, serviceName=f"{kind}-prod") for kind in SERVICES]
        return {arn for answer in found for arn in answer["taskArns"]}

    def replace_by_deployment(self) -> None:
        """As a push does: new tasks beside the old ones, which are drained then."""
        for kind in SERVICES:
            self._ecs.update_service(cluster=CLUSTER, service=f"{kind}-prod", forceNewDeployment=True)

    def stop_one_of_each(self) -> None:
        """As an operator does, and much as Spot does: SIGTERM comes before the balancer knows."""
        for kind in SERVICES:
            (arn, *_) = self._ecs.list_tasks(cluster=CLUSTER, serviceName=f"{kind}-prod")["taskArns"]
            self._ecs.stop_task(cluster=CLUSTER, task=arn, reason="drill")

    def scale(self, count: int) -> None:
        """Nothing scales by itself here, so a service begins with one task; return when so many are healthy."""
        for kind in SERVICES:
            self._ecs.update_service(cluster=CLUSTER, service=f"{kind}-prod", desiredCount=count)
        deadline = time.monotonic() + REPLACED_SECONDS
        while len(self.running()) != count * len(SERVICES):
            assert time.monotonic() < deadline, self.running()
            time.sleep(0.5)
        time.sleep(HEALTHY_SECONDS)

    def wait_until_gone(self, old: set[str]) -> None:
        deadline = time.monotonic() + REPLACED_SECONDS
        while (left := self.running() & old) or not self.running():
            assert time.monotonic() < deadline, f"still running after {REPLACED_SECONDS} s: {left}"
            time.sleep(0.5)


@pytest.mark.parametrize("door", ["load balancer", "cloudfront", "api gateway"])
def test_no_request_fails_while_every_task_is_replaced(standing: Standing, door: str) -> None:
    # GIVEN a door that is asked all the time
    tasks = Tasks(standing)
    old = tasks.running()
    assert old
    with _door(standing, door) as send, Visitors(send) as visitors:
        # WHEN every task of both services is replaced
        tasks.replace_by_deployment()
        tasks.wait_until_gone(old)
        visitors.stay(LEAST_SECONDS)
    # THEN every request was answered
    visitors.check()


def test_no_request_fails_while_tasks_are_stopped_under_traffic(standing: Standing) -> None:
    tasks = Tasks(standing)
    tasks.scale(2)
    try:
        with _door(standing, "load balancer") as send, Visitors(send) as visitors:
            old = tasks.running()
            tasks.stop_one_of_each()
            visitors.stay(LEAST_SECONDS)
            assert len(old - tasks.running()) == len(SERVICES), "one task of each service was stopped"
    finally:
        tasks.scale(1)
    visitors.check()


@contextmanager
def _door(standing: Standing, door: str) -> Iterator[Send]:
    """Ask for a page and for the API in turn, as the callers of that door do; close every connection at the end."""
    environment = standing.environment
    context = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    # Through a proxy, httpx checks the name of the URL; the balancer is opened by its own with the origin's in TLS.
    proxy = None if door == "load balancer" else environment["HTTPS_PROXY"]
    own, clients = threading.local(), ExitStack()

    def get(url: str, **more: Any) -> httpx.Response:
        # A client for each thread: one that all share serializes them in its pool.
        if not hasattr(own, "client"):
            made = httpx.Client(proxy=proxy, verify=context, timeout=30, trust_env=False)
            own.client = clients.enter_context(made)
        answer: httpx.Response = own.client.get(url, **more)
        return answer

    with clients:
        if door == "cloudfront":
            yield lambda number: get(f"https://portal.bank.example{PATHS[number % 2]}")
            return
        if door == "api gateway":
            # The mobile client's plan in prod grants 200 requests a second; the tests' own grants 2.
            key = _key(standing, "mobile-api-key-prod")
            yield lambda _: get("https://api.bank.example/api/version", headers={"x-api-key": key})
            return
        yield _through_the_balancer(standing, get)


def _through_the_balancer(standing: Standing, get: Callable[..., httpx.Response]) -> Send:
    (balancer,) = standing.client("elbv2", stack="portal-prod").describe_load_balancers(Names=["alb-prod"])[
        "LoadBalancers"
    ]
    origin = "origin.bank.example"
    found = httpx.get(
        standing.environment["REHEARSAL_RESOLVER"],
        params={"name": balancer["DNSName"], "port": 443},
        trust_env=False,
    ).json()

    def through_the_balancer(number: int) -> httpx.Response:
        return get(
            f"https://{found['address']}:{found['port']}{PATHS[number % 2]}",
            headers={"host": origin},
            extensions={"sni_hostname": origin},
        )

    return through_the_balancer


def _key(standing: Standing, name: str) -> str:
    api: Any = standing.client("apigateway", stack="portal-prod")
    keys = {key["name"]: key["value"] for key in api.get_api_keys(includeValues=True, limit=500)["items"]}
    return str(keys[name])


class Visitors:
    """Send PER_SECOND requests a second while the block runs, on time, however long an answer takes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._over = threading.Event()
        self._outcomes: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(PER_SECOND)
        self._clock = threading.Thread(target=self._tick, name="visitors")

    def __enter__(self) -> "Visitors":
        self._begun = time.monotonic()
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._clock.join()
        self._seconds = time.monotonic() - self._begun
        self._pool.shutdown()

    def stay(self, seconds: float) -> None:
        """Until the block has taken so long."""
        time.sleep(max(0.0, seconds - (time.monotonic() - self._begun)))

    def check(self) -> None:
        """Fail if a request failed, or if there were too few to say anything."""
        sent = sum(self._outcomes.values())
        assert set(self._outcomes) == {"200"}, dict(self._outcomes)
        assert sent >= 0.95 * PER_SECOND * self._seconds, f"{sent} requests in {self._seconds:.0f} s"

    def _tick(self) -> None:
        for number in itertools.count():
            wait = self._begun + number / PER_SECOND - time.monotonic()
            if self._over.wait(max(0.0, wait)):
                return
            self._pool.submit(self._visit, number)

    def _visit(self, number: int) -> None:
        try:
            outcome = str(self._send(number).status_code)
        except httpx.HTTPError as error:
            outcome = f"{type(error).__name__}: {error}"
        self._outcomes[outcome] += 1
