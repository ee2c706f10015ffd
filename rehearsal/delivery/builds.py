"""All builds of CodeBuild projects: those of a pipeline's actions, and those that StartBuild starts."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .database import Database
from .errors import ResourceNotFoundError


@dataclass(frozen=True, kw_only=True)
class BuildPhase:
    """A phase in AWS's words (SUBMITTED, ..., INSTALL, PRE_BUILD, BUILD, POST_BUILD, ..., COMPLETED).

    `status` is None while it runs, else SUCCEEDED, FAILED, TIMED_OUT, STOPPED or FAULT. `code` and `message` say
    why it failed. Times are seconds since the epoch.
    """

    type: str
    started: float
    status: str | None = None
    ended: float | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class BuildState:
    """A build. `id` is `<project>:<uuid>`; `status` is IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT or STOPPED.

    `project` is the project as the build found it (the API's Project), the overrides of StartBuild put in;
    `variables` are those that StartBuild or the action gave (name, value, type); `revision` is the commit,
    `request` what StartBuild was asked beside the project, by the API's names.
    """

    id: str
    account: str
    region: str
    number: int = 0
    project: Mapping[str, Any]
    status: str
    initiator: str
    started: float
    log: Path
    revision: str = ""
    ended: float | None = None
    phases: tuple[BuildPhase, ...] = ()
    variables: tuple[Mapping[str, str], ...] = ()
    exported: Mapping[str, str] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The build's ARN."""
        return f"arn:aws:codebuild:{self.region}:{self.account}:build/{self.id}"

    @property
    def project_name(self) -> str:
        """The name of the project."""
        return self.id.rpartition(":")[0]


_ENDED_UNDER_IT = "the rehearsal ended while this ran"


class Builds:
    """The registry of builds, oldest first. Every change is on disk before it is seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._builds = {build.id: build for build in database.all("builds", BuildState)}
        self._stops: dict[str, threading.Event] = {}

    def all(self, account: str) -> list[BuildState]:
        """An account's builds, the newest first."""
        with self._lock:
            return [build for build in reversed(self._builds.values()) if build.account == account]

    def some(self, ids: Iterable[str], account: str) -> list[BuildState]:
        """An account's builds of these ids or ARNs, those that there are."""
        with self._lock:
            found = [self._builds.get(name.rpartition(":build/")[2]) for name in ids]
        return [build for build in found if build and build.account == account]

    def open(self, build: BuildState) -> BuildState:
        """Take in a new build; answer it with its number, the next one of its project."""
        with self._lock:
            project = (build.account, build.project_name)
            others = [b.number for b in self._builds.values() if (b.account, b.project_name) == project]
            build = replace(build, number=max(others, default=0) + 1)
            self._stops[build.id] = threading.Event()
            self._keep(build)
            return build

    def stopped(self, build_id: str) -> threading.Event:
        """Set once somebody wants the build stopped."""
        with self._lock:
            return self._stops[build_id]

    def stop(self, build_id: str, account: str) -> BuildState:
        """Let the build end; one that has ended stays as it is. Raises ResourceNotFoundError."""
        for build in self.some([build_id], account):
            with self._lock:
                if build.id in self._stops:
                    self._stops[build.id].set()
            return build
        raise ResourceNotFoundError(f"Build {build_id} not found")

    def stop_all(self) -> None:
        """Let every build end."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()

    def enter(self, build_id: str, phase: str) -> None:
        """The build is in the next phase; the one before it has succeeded unless it said otherwise."""
        now = time.time()
        with self._lock:
            build = self._builds[build_id]
            phases = (*_closed(build.phases, "SUCCEEDED"), BuildPhase(type=phase, started=now))
            self._keep(replace(build, phases=phases))

    def leave(
        self, build_id: str, status: str, *, code: str | None = None, message: str | None = None
    ) -> None:
        """The phase has ended otherwise than well, or at its own time."""
        with self._lock:
            build = self._builds[build_id]
            self._keep(replace(build, phases=_closed(build.phases, status, code, message)))

    def end(self, build_id: str, status: str, *, message: str | None = None, **changes: Any) -> None:
        """The build has ended; its open phase with it. `changes` are further fields of it."""
        with self._lock:
            self._keep(_ended(self._builds[build_id], status, message, changes))
            self._stops.pop(build_id, None)

    def interrupt(self) -> None:
        """Nothing runs any more: what was running has ended in a FAULT."""
        with self._lock:
            for build in list(self._builds.values()):
                if build.status == "IN_PROGRESS":
                    self._keep(_ended(build, "FAULT", _ENDED_UNDER_IT, {}))

    def _keep(self, build: BuildState) -> None:
        with self._database.change() as change:
            change.put("builds", build.id, build)
        self._builds[build.id] = build


def _closed(
    phases: tuple[BuildPhase, ...], status: str, code: str | None = None, message: str | None = None
) -> tuple[BuildPhase, ...]:
    if not phases or phases[-1].status is not None:
        return phases
    last = replace(phases[-1], status=status, ended=time.time(), code=code, message=message)
    return (*phases[:-1], last)


def _ended(build: BuildState, status: str, message: str | None, changes: Mapping[str, Any]) -> BuildState:
    now = time.time()
    # A phase that failed before is the reason; the one that was still open behind it did what it should.
    known = any(phase.status not in (None, "SUCCEEDED") for phase in build.phases)
    phases = _closed(build.phases, "SUCCEEDED") if known else _closed(build.phases, status, None, message)
    phases = (*phases, BuildPhase(type="COMPLETED", started=now))
    return replace(build, status=status, ended=now, phases=phases, **changes)
