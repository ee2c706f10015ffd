"""The delivery service: deployed pipelines, the repository that starts them, their executions, approvals and builds.

The methods are the operations of CodePipeline and CodeBuild in Python's words: their APIs stand in front of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.cloud import Cloud

from . import resource_types
from .actions import Services
from .approvals import Approvals
from .book import Book
from .build_operations import BuildOperations
from .builder import Builder
from .builds import Builds
from .conductor import Conductor
from .database import Database
from .errors import PipelineNotFoundError
from .execution_operations import ExecutionOperations
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository
from .standalone import StandaloneBuilds
from .state import ENDED
from .tags import Tags
from .transitions import Transitions
from .triggers import Triggers

_STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to push: a bare repository on this machine, and the branch that the deployed pipeline watches."""

    repository: Path
    branch: str


class Engine(ExecutionOperations, BuildOperations):
    """Runs the pipelines that are deployed in `cloud`. Make it before the first of them is deployed.

    `state` is the rehearsal's folder; `surroundings` gives the environment of a child process, anew for each.
    `settled` is called when an action has ended, before its outcome is written down: what it did to the cloud can
    be written down first.
    """

    def __init__(
        self,
        cloud: Cloud,
        *,
        state: Path,
        surroundings: Callable[[], dict[str, str]],
        settled: Callable[[], object] = lambda: None,
    ) -> None:
        state = state.resolve()
        self._repository = SourceRepository(state / "source.git")
        self._repository.create()
        self._database = Database(state / "delivery.sqlite")
        self._book = Book(self._database)
        self._pipelines = Pipelines(self._database)
        self._transitions, self._tags = Transitions(self._database), Tags(self._database)
        self._builds = Builds(self._database)
        self._builds.interrupt()
        self._builder = Builder(cloud, state=state, surroundings=surroundings, builds=self._builds)
        self._approvals = Approvals(self._database)
        services = Services(
            cloud=cloud,
            state=state,
            repository=self._repository,
            approvals=self._approvals,
            builder=self._builder,
            settled=settled,
        )
        self._conductor = Conductor(
            services=services, book=self._book, pipelines=self._pipelines, transitions=self._transitions
        )
        self._triggers = Triggers(
            self._conductor, book=self._book, pipelines=self._pipelines, repository=self._repository
        )
        self._standalone = StandaloneBuilds(self._builder, state=state, repository=self._repository)
        self._pipelines.changed, self._pipelines.removed = self._triggers.changed, self._removed
        resource_types.register(self._pipelines, self._transitions, self._tags)

    @property
    def source(self) -> Source:
        """Where a push starts the deployed pipeline. Raises PipelineNotFoundError before one is deployed."""
        for name in self._pipelines.names():
            branch = self._pipelines.get(name).structure.branch
            return Source(repository=self._repository.path, branch=branch)
        raise PipelineNotFoundError("no pipeline is deployed")

    def watch(self) -> None:
        """Go on with the executions that waited when an earlier process ended, and start noticing pushes."""
        self._conductor.resume()
        self._triggers.watch()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to `timeout` seconds until no execution runs, those of finished pushes included; whether so."""
        self._triggers.notice_pushes()
        return self._book.wait_for(lambda all_: all(e.status in ENDED for e in all_), timeout)

    def stop(self) -> None:
        """End all that runs, with every process of the builds. May be called twice.

        The actions that it ran have failed, and can be retried; executions that wait, for a person or for their
        turn, wait on for the next engine with this state.
        """
        self._triggers.stop()
        self._conductor.suspend()
        self._builds.stop_all()
        self._standalone.wait(_STOP_SECONDS)
        self._builds.interrupt()

    def _removed(self, pipeline: DeployedPipeline) -> None:
        """CloudFormation deleted a pipeline."""
        self._transitions.forget(pipeline.name)
        self._tags.forget(pipeline.arn)
        self._conductor.cancel(pipeline.name)
