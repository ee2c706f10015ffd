"""The delivery service: deployed pipelines, the repository that starts them, their executions, approvals and builds.

The methods are the operations of CodePipeline and CodeBuild in Python's words: their APIs stand in front of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal.cloud import Cloud

from . import resource_types
from .actions import Services
from .approvals import Approvals, PendingApproval
from .book import Book
from .build_operations import BuildOperations
from .builder import Builder
from .builds import Builds
from .conductor import Conductor
from .database import Database
from .errors import (
    ActionNotFoundError,
    DeliveryError,
    ExecutionNotFoundError,
    PipelineNotFoundError,
)
from .pipeline_operations import PipelineOperations
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository
from .standalone import StandaloneBuilds
from .state import ENDED, ActionExecution, Execution
from .tags import Tags
from .transitions import Transitions
from .triggers import Triggers

_STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to push: a bare repository on this machine, and the branch that the deployed pipeline watches."""

    repository: Path
    branch: str


class Engine(PipelineOperations, BuildOperations):
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

    def executions(self, pipeline: str | None = None) -> list[Execution]:
        """Snapshots of all executions, or of one pipeline's, the newest first."""
        return [e for e in self._book.executions()[::-1] if pipeline in (None, e.pipeline)]

    def get_pipeline_execution(self, pipeline: str, execution_id: str) -> Execution:
        """One execution. Raises PipelineNotFoundError and ExecutionNotFoundError."""
        self._pipelines.get(pipeline)
        for execution in self.executions(pipeline):
            if execution.id == execution_id:
                return execution
        raise ExecutionNotFoundError(f"the pipeline '{pipeline}' has no execution '{execution_id}'")

    def list_action_executions(self, pipeline: str, execution_id: str | None = None) -> list[ActionExecution]:
        """All runs of actions, or those of one execution, retried ones included, the newest first.

        Raises PipelineNotFoundError and ExecutionNotFoundError.
        """
        self._pipelines.get(pipeline)
        if execution_id is not None:
            self.get_pipeline_execution(pipeline, execution_id)
        wanted = {execution_id} if execution_id else {e.id for e in self.executions(pipeline)}
        return [run for run in self._book.action_executions()[::-1] if run.execution_id in wanted]

    def stop_pipeline_execution(
        self, pipeline: str, execution_id: str, *, abandon: bool = False, reason: str = ""
    ) -> None:
        """Stop an execution: it is Stopping, and Stopped when its running actions have finished, or, with
        `abandon`, have been ended.

        Raises PipelineNotFoundError, ExecutionNotFoundError, ExecutionNotStoppableError when it has ended, and
        DuplicatedStopRequestError when it is being stopped in this way already.
        """
        execution = self.get_pipeline_execution(pipeline, execution_id)
        self._conductor.stop(execution, abandon=abandon, reason=reason)

    def retry_stage_execution(
        self, pipeline: str, stage: str, execution_id: str, mode: str = "FAILED_ACTIONS"
    ) -> str:
        """Run the failed actions of a failed or stopped stage again, or with ALL_ACTIONS all of them; answer the
        execution's id, which goes on behind the stage.

        Raises PipelineNotFoundError, StageNotFoundError, ExecutionNotFoundError, StageNotRetryableError when
        nothing failed there or the pipeline has changed since, and NotLatestExecutionError when a later execution
        has been in the stage.
        """
        deployed = self._pipelines.get(pipeline)
        self._stage(pipeline, stage)
        self.get_pipeline_execution(pipeline, execution_id)
        if mode not in ("FAILED_ACTIONS", "ALL_ACTIONS"):
            raise DeliveryError(f"retry mode '{mode}': use FAILED_ACTIONS or ALL_ACTIONS")
        self._conductor.retry(deployed, stage, execution_id, everything=mode == "ALL_ACTIONS")
        return execution_id

    def pending_approvals(self) -> list[PendingApproval]:
        """The approvals that wait for a person, oldest first."""
        return self._approvals.waiting()

    def start_pipeline_execution(
        self,
        pipeline: str,
        *,
        revision: str | None = None,
        trigger: str = "StartPipelineExecution",
        variables: Mapping[str, str] | None = None,
        request_token: str | None = None,
    ) -> str:
        """Start an execution for a commit, by default the branch's newest; answer its id.

        `variables` are values for variables that the pipeline declares. A `request_token` that was used before
        answers the execution that it started. Raises PipelineNotFoundError, TooManyExecutionsError (50 that have
        not ended), and DeliveryError for an unknown variable or once the engine has been stopped.
        """
        return self._conductor.start(
            self._pipelines.get(pipeline),
            revision=revision,
            trigger=trigger,
            variables=variables,
            request_token=request_token,
        )

    def put_approval_result(
        self,
        *,
        pipeline: str,
        stage: str,
        action: str,
        token: str,
        status: str,
        summary: str,
        by: str | None = None,
    ) -> None:
        """Approve or reject: `status` is Approved or Rejected, `summary` at most 512 characters, `by` who says so.

        Raises the DeliveryErrors of approvals.Approvals.answer, and PipelineNotFoundError, StageNotFoundError
        and ActionNotFoundError for names that the deployed pipeline does not have.
        """
        if action not in [a.name for a in self._stage(pipeline, stage).actions]:
            raise ActionNotFoundError(f"the stage '{stage}' has no action '{action}'")
        self._approvals.answer(
            pipeline=pipeline, stage=stage, action=action, token=token, status=status, summary=summary, by=by
        )

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
