"""Runs builds: each is in the registry from its start to its end, with the phase that it is in."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud

from .action_access import check_log
from .build import Build, BuildResult, run
from .build_environment import Tools
from .build_shell import Signal
from .build_variables import Values
from .builds import Builds, BuildState
from .credentials import of_build
from .errors import Abandoned, ActionFailed, BuildEnded
from .order import Order


class Builder:
    """Builds projects of the cloud. `surroundings` gives the environment of a child process, anew for each."""

    def __init__(
        self, cloud: Cloud, *, state: Path, surroundings: Callable[[], dict[str, str]], builds: Builds
    ) -> None:
        self._cloud, self._state, self._surroundings = cloud, state, surroundings
        self._tools = Tools(state)
        self.builds = builds

    def project(self, name: str, account: str) -> dict[str, Any] | None:
        """The deployed project as it is now, None if the account has none of this name."""
        found = self._cloud.client("codebuild", account).batch_get_projects(names=[name])["projects"]
        return dict(found[0]) if found else None

    def open(self, order: Order) -> BuildState:
        """Put a build into the registry, as SUBMITTED."""
        build = self.builds.open(
            BuildState(
                id=order.id or new_id(order.project),
                account=order.account,
                region=order.project["arn"].split(":")[3],
                project={k: v for k, v in order.project.items() if k not in ("created", "lastModified")},
                status="IN_PROGRESS",
                initiator=order.initiator,
                started=time.time(),
                log=order.log,
                revision=order.revision,
                variables=tuple(asdict(variable) for variable in order.variables),
                request=order.request,
            )
        )
        self.builds.enter(build.id, "SUBMITTED")
        return build

    def run(self, build: BuildState, order: Order, abandoned: Signal) -> BuildResult:
        """Run an opened build to its end. Raises ActionFailed with CodeBuild's words, or Abandoned."""
        stopped = self.builds.stopped(build.id)
        try:
            result = self._run(build, order, _Either(stopped, abandoned))
        except Abandoned:
            self.builds.end(build.id, "STOPPED")
            if abandoned.is_set():
                raise
            raise BuildEnded("STOPPED") from None
        except ActionFailed as error:
            status = error.status if isinstance(error, BuildEnded) else "FAILED"
            self.builds.end(build.id, status, message=str(error))
            raise
        except Exception as error:
            self.builds.end(build.id, "FAULT", message=f"{type(error).__name__}: {error}")
            raise
        self.builds.end(build.id, "SUCCEEDED", exported=result.variables)
        return result

    def _run(self, build: BuildState, order: Order, abandoned: Signal) -> BuildResult:
        self.builds.enter(build.id, "PROVISIONING")
        credentials = of_build(self._cloud, order.project, build.id)
        check_log(order.project, build.id)
        return run(
            Build(
                order=order,
                id=build.id,
                number=build.number,
                builds=self._state / "builds",
                tools=self._tools,
                values=Values(credentials.client),
                surroundings={**self._surroundings(), **credentials.environment()},
                secrets=tuple(credentials.environment().values()),
                progress=_Progress(self.builds, build.id),
                abandoned=abandoned,
            )
        )


def new_id(project: Mapping[str, Any]) -> str:
    """An id for a new build of a project."""
    return f"{project['name']}:{uuid.uuid4()}"


@dataclass(frozen=True)
class _Progress:
    builds: Builds
    build_id: str

    def enter(self, phase: str) -> None:
        self.builds.enter(self.build_id, phase)

    def fail(self, code: str, message: str) -> None:
        self.builds.leave(self.build_id, "FAILED", code=code, message=message)


class _Either:
    """Set as soon as one of several signals is."""

    def __init__(self, *signals: threading.Event | Signal) -> None:
        self._signals = signals

    def is_set(self) -> bool:
        return any(signal.is_set() for signal in self._signals)
