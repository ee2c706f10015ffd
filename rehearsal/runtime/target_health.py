"""Whether a target is healthy for its load balancer: checks are made all the time, as the target group says.

The emulator makes none. A new target gets traffic once it has passed one check; while no target of a group is healthy,
all of them get traffic
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from . import health_check

Key = tuple[str, str, int]
"""Target group's ARN, address, port."""

_TICK_SECONDS = 0.2
_WORKERS = 8


@dataclass
class _Seen:
    """What the checks of one target have shown so far."""

    healthy: bool = False
    initial: bool = True
    passed: int = 0
    failed: int = 0
    due: float = 0
    asking: bool = False


class TargetHealth:
    """The checks of every target group of the emulator, from the first question on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Key, _Seen] = {}
        self._thread: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="health-check")

    def is_healthy(self, group: str, address: str, port: int) -> bool:
        """Whether the target has passed its checks."""
        self._start()
        with self._lock:
            seen = self._seen.get((group, address, port))
            return seen is not None and seen.healthy

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="health-checks", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            registered = _registered()
            now = time.monotonic()
            with self._lock:
                self._seen = {key: self._seen.get(key) or _Seen() for key in registered}
                due = [key for key, seen in self._seen.items() if not seen.asking and seen.due <= now]
                for key in due:
                    self._seen[key].asking = True
            for key in due:
                self._pool.submit(self._check, key, registered[key])
            time.sleep(_TICK_SECONDS)

    def _check(self, key: Key, group: dict[str, Any]) -> None:
        _, address, port = key
        passed = health_check.passes(group, health_check.ask(group, address, port))
        with self._lock:
            if (seen := self._seen.get(key)) is None:
                return
            seen.passed, seen.failed = (seen.passed + 1, 0) if passed else (0, seen.failed + 1)
            if passed and (seen.initial or seen.passed >= group["HealthyThresholdCount"]):
                seen.healthy, seen.initial = True, False
            elif seen.failed >= group["UnhealthyThresholdCount"]:
                seen.healthy = False
            wait = _TICK_SECONDS if seen.initial else group["HealthCheckIntervalSeconds"]
            seen.asking, seen.due = False, time.monotonic() + wait


def _registered() -> dict[Key, dict[str, Any]]:
    """Every registered target that has an address, with its group."""
    from ministack.services import alb

    groups = dict(alb._tgs.all_items())
    return {
        (scope[-1], str(target["Id"]), int(target.get("Port") or group["Port"])): group
        for scope, group in groups.items()
        if group.get("TargetType") == "ip"
        for target in list(alb._targets.get_scoped(*scope) or [])
    }


checks = TargetHealth()
"""Those of this process, which has one emulator."""
