"""The delivery service: deployed pipelines, the repository that starts them, their executions, approvals and builds.

The methods are the operations of CodePipeline and CodeBuild in Python's words: their APIs stand in front of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud

from . import resource_types
from .actions import Services
from .approvals import Approvals, PendingApproval
from .book import Book
from .builder import Builder
from .builds import Builds, BuildState
from .conductor import Conductor
from .database import Database
from .errors import (
    ActionNotFoundError,
    DeliveryError,
    ExecutionNotFoundError,
    PipelineNotFoundError,
    ResourceNotFoundError,
    StageNotFoundError,
)
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository
from .standalone import StandaloneBuilds
from .state import ENDED, ActionExecution, Execution
from .structure import Stage, checked
from .tags import Tags
from .transitions import INBOUND, OUTBOUND, StageView, Transitions
from .triggers import Triggers

_STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to push: a bare repository on this machine, and the branch that the deployed pipeline watches."""

    repository: Path
    branch: str


class Engine:
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
        self._triggers = Triggers(self._conductor, self._pipelines, self._repository)
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

    def list_pipelines(self) -> list[DeployedPipeline]:
        """All deployed pipelines, of all accounts, by name."""
        return [self._pipelines.get(name) for name in self._pipelines.names()]

    def get_pipeline(self, name: str, version: int | None = None) -> DeployedPipeline:
        """The pipeline as it is deployed now, or as a version of it was.

        Raises PipelineNotFoundError and PipelineVersionNotFoundError.
        """
        if version is not None:
            return self._pipelines.version(name, version)
        return self._pipelines.get(name)

    def update_pipeline(self, declaration: Mapping[str, Any]) -> DeployedPipeline:
        """Change a pipeline to this declaration of the API's; its version counts up, running executions keep theirs.

        Raises PipelineNotFoundError, and InvalidStructureError with every breach of CodePipeline's rules.
        """
        before = self._pipelines.get(declaration["name"])
        return self._pipelines.put(
            account=before.account,
            region=before.region,
            declaration=checked(declaration),
            restart_on_update=before.restart_on_update,
        )

    def get_pipeline_state(self, pipeline: str) -> list[StageView]:
        """Each stage of the pipeline as it is now: who was in it last, who waits in front of it, its transition.

        Raises PipelineNotFoundError.
        """
        return [
            StageView(
                name=stage.name,
                latest=self._conductor.latest(pipeline, stage.name),
                waiting=self._conductor.waiting(pipeline, stage.name),
                inbound=self._transitions.get(pipeline, stage.name),
            )
            for stage in self._pipelines.get(pipeline).structure.stages
        ]

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

    def disable_stage_transition(
        self, pipeline: str, stage: str, kind: str, *, reason: str, by: str | None = None
    ) -> None:
        """Let no execution into the stage (`kind` is Inbound) or out of it (Outbound) until it is enabled again.

        Raises PipelineNotFoundError and StageNotFoundError.
        """
        self._set_transition(pipeline, stage, kind, reason, by)

    def enable_stage_transition(self, pipeline: str, stage: str, kind: str, *, by: str | None = None) -> None:
        """Undo disable_stage_transition; whoever waits goes on. Raises as that does."""
        self._set_transition(pipeline, stage, kind, None, by)

    def list_tags(self, arn: str) -> dict[str, str]:
        """The tags of a pipeline. Raises ResourceNotFoundError."""
        return self._tags.of(self._pipelines.by_arn(arn).arn)

    def tag_resource(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add or change tags of a pipeline. Raises ResourceNotFoundError and TooManyTagsError (50)."""
        self._tags.add(self._pipelines.by_arn(arn).arn, tags)

    def untag_resource(self, arn: str, keys: Iterable[str]) -> None:
        """Take tags off a pipeline; keys that it does not have are passed over. Raises ResourceNotFoundError."""
        self._tags.drop(self._pipelines.by_arn(arn).arn, keys)

    def start_build(self, project: str, overrides: Mapping[str, Any], *, account: str, by: str) -> BuildState:
        """Start a build of a project outside every pipeline. `overrides` are StartBuild's other parameters by the
        API's names, `by` is the initiator that the build shows.

        Raises ResourceNotFoundError for a project that the account does not have, and InvalidInputError for a
        source or an override that the rehearsal does not act out.
        """
        return self._standalone.start(project, overrides, account=account, by=by)

    def stop_build(self, build_id: str, *, account: str) -> BuildState:
        """End a build with all it started; one that has ended stays as it is. Raises ResourceNotFoundError."""
        return self._builds.stop(build_id, account)

    def batch_get_builds(self, ids: Iterable[str], *, account: str) -> list[BuildState]:
        """The builds of these ids or ARNs, in their order, those that there are."""
        return self._builds.some(ids, account)

    def list_builds(self, project: str | None = None, *, account: str) -> list[BuildState]:
        """An account's builds, or one project's, the newest first. Raises ResourceNotFoundError for a project that
        the account has not and never built."""
        builds = self._builds.all(account)
        if project is None:
            return builds
        of_project = [build for build in builds if build.project_name == project]
        if not of_project and self._builder.project(project, account) is None:
            raise ResourceNotFoundError(f"The provided project {project} does not exist")
        return of_project

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

    def _stage(self, pipeline: str, stage: str) -> Stage:
        for declared in self._pipelines.get(pipeline).structure.stages:
            if declared.name == stage:
                return declared
        raise StageNotFoundError(f"the pipeline '{pipeline}' has no stage '{stage}'")

    def _set_transition(
        self, pipeline: str, stage: str, kind: str, reason: str | None, by: str | None
    ) -> None:
        self._stage(pipeline, stage)
        if kind not in (INBOUND, OUTBOUND):
            raise DeliveryError(f"transition type '{kind}': use {INBOUND} or {OUTBOUND}")
        self._transitions.set(pipeline, stage, kind, enabled=reason is None, reason=reason, by=by)

    def _removed(self, pipeline: DeployedPipeline) -> None:
        """CloudFormation deleted a pipeline."""
        self._transitions.forget(pipeline.name)
        self._tags.forget(pipeline.arn)
        self._conductor.cancel(pipeline.name)
