"""The delivery service: deployed pipelines, the repository that starts them, their executions and approvals.

The methods are CodePipeline's operations in Python's words, so that its API can be put in front of them.
"""

import contextlib
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud

from . import resource_types
from .actions import Services
from .approvals import Approvals, PendingApproval
from .build_environment import Tools
from .builds import BuildState
from .errors import ActionNotFoundError, DeliveryError, PipelineNotFoundError, StageNotFoundError
from .execution import Runner, not_started
from .locks import StageLocks
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository
from .state import ENDED, ActionExecution, Book, Execution
from .transitions import StageView

_POLL_SECONDS = 0.25
_STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to push: a bare repository on this machine, and the branch that the deployed pipeline watches."""

    repository: Path
    branch: str


class Engine:
    """Runs the pipelines that are deployed in `cloud`. Make it before the first of them is deployed.

    `state` is the rehearsal's folder; `surroundings` gives the environment of a child process, anew for each.
    """

    def __init__(self, cloud: Cloud, *, state: Path, surroundings: Callable[[], dict[str, str]]) -> None:
        state = state.resolve()
        self._repository = SourceRepository(state / "source.git")
        self._repository.create()
        self._services = Services(
            cloud=cloud,
            state=state,
            surroundings=surroundings,
            repository=self._repository,
            tools=Tools(state),
            approvals=Approvals(),
        )
        self._book = Book(state / "executions")
        self._pipelines = Pipelines(changed=self._pipeline_changed, removed=self._pipeline_removed)
        self._lock = threading.RLock()
        self._locks: defaultdict[str, StageLocks] = defaultdict(StageLocks)
        self._runners: dict[str, Runner] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        resource_types.register(self._pipelines)

    @property
    def source(self) -> Source:
        """Where a push starts the deployed pipeline. Raises PipelineNotFoundError before one is deployed."""
        for name in self._pipelines.names():
            return Source(repository=self._repository.path, branch=_branch(self._pipelines.get(name)))
        raise PipelineNotFoundError("no pipeline is deployed")

    def watch(self) -> None:
        """Start noticing pushes, within a quarter of a second of each."""
        self._watcher = threading.Thread(target=self._watch, name="pushes", daemon=True)
        self._watcher.start()

    def list_pipelines(self) -> list[DeployedPipeline]:
        """All deployed pipelines, of all accounts, by name."""
        return [self._pipelines.get(name) for name in self._pipelines.names()]

    def get_pipeline(self, name: str, version: int | None = None) -> DeployedPipeline:
        """The pipeline as it is deployed now, or as a version of it was.

        Raises PipelineNotFoundError and PipelineVersionNotFoundError.
        """
        if version is not None:
            raise NotImplementedError
        return self._pipelines.get(name)

    def update_pipeline(self, declaration: Mapping[str, Any]) -> DeployedPipeline:
        """Change a pipeline to this declaration of the API's; its version counts up, running executions keep theirs.

        Raises PipelineNotFoundError, and InvalidStructureError with every breach of CodePipeline's rules.
        """
        raise NotImplementedError

    def get_pipeline_state(self, pipeline: str) -> list[StageView]:
        """Each stage of the pipeline as it is now: who was in it last, who waits in front of it, its transition.

        Raises PipelineNotFoundError.
        """
        raise NotImplementedError

    def executions(self, pipeline: str | None = None) -> list[Execution]:
        """Snapshots of all executions, or of one pipeline's, the newest first."""
        return [e for e in self._book.executions()[::-1] if pipeline in (None, e.pipeline)]

    def get_pipeline_execution(self, pipeline: str, execution_id: str) -> Execution:
        """One execution. Raises PipelineNotFoundError and ExecutionNotFoundError."""
        raise NotImplementedError

    def list_action_executions(self, pipeline: str, execution_id: str | None = None) -> list[ActionExecution]:
        """All runs of actions, or those of one execution, retried ones included, the newest first.

        Raises PipelineNotFoundError and ExecutionNotFoundError.
        """
        raise NotImplementedError

    def stop_pipeline_execution(
        self, pipeline: str, execution_id: str, *, abandon: bool = False, reason: str = ""
    ) -> None:
        """Stop an execution: it is Stopping, and Stopped when its running actions have finished, or, with
        `abandon`, have been ended.

        Raises PipelineNotFoundError, ExecutionNotFoundError, ExecutionNotStoppableError when it has ended, and
        DuplicatedStopRequestError when it is being stopped in this way already.
        """
        raise NotImplementedError

    def retry_stage_execution(
        self, pipeline: str, stage: str, execution_id: str, mode: str = "FAILED_ACTIONS"
    ) -> str:
        """Run the failed actions of a failed or stopped stage again, or with ALL_ACTIONS all of them; answer the
        execution's id, which goes on behind the stage.

        Raises PipelineNotFoundError, StageNotFoundError, ExecutionNotFoundError, StageNotRetryableError when
        nothing failed there or the pipeline has changed since, and NotLatestExecutionError when a later execution
        has been in the stage.
        """
        raise NotImplementedError

    def disable_stage_transition(
        self, pipeline: str, stage: str, kind: str, *, reason: str, by: str | None = None
    ) -> None:
        """Let no execution into the stage (`kind` is Inbound) or out of it (Outbound) until it is enabled again.

        Raises PipelineNotFoundError and StageNotFoundError.
        """
        raise NotImplementedError

    def enable_stage_transition(self, pipeline: str, stage: str, kind: str, *, by: str | None = None) -> None:
        """Undo disable_stage_transition; whoever waits goes on. Raises as that does."""
        raise NotImplementedError

    def list_tags(self, arn: str) -> dict[str, str]:
        """The tags of a pipeline. Raises ResourceNotFoundError."""
        raise NotImplementedError

    def tag_resource(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add or change tags of a pipeline. Raises ResourceNotFoundError and TooManyTagsError (50)."""
        raise NotImplementedError

    def untag_resource(self, arn: str, keys: Iterable[str]) -> None:
        """Take tags off a pipeline; keys that it does not have are passed over. Raises ResourceNotFoundError."""
        raise NotImplementedError

    def start_build(self, project: str, overrides: Mapping[str, Any], *, account: str, by: str) -> BuildState:
        """Start a build of a project outside every pipeline. `overrides` are StartBuild's other parameters by the
        API's names, `by` is the initiator that the build shows.

        Raises ResourceNotFoundError for a project that the account does not have, and InvalidInputError for a
        source or an override that the rehearsal does not act out.
        """
        raise NotImplementedError

    def stop_build(self, build_id: str, *, account: str) -> BuildState:
        """End a build with all it started; one that has ended stays as it is. Raises ResourceNotFoundError."""
        raise NotImplementedError

    def batch_get_builds(self, ids: Iterable[str], *, account: str) -> list[BuildState]:
        """The builds of these ids or ARNs, in their order, those that there are."""
        raise NotImplementedError

    def list_builds(self, project: str | None = None, *, account: str) -> list[BuildState]:
        """An account's builds, or one project's, the newest first. Raises ResourceNotFoundError for a project that
        the account has not and never built."""
        raise NotImplementedError

    def pending_approvals(self) -> list[PendingApproval]:
        """The approvals that wait for a person, oldest first."""
        return self._services.approvals.waiting()

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
        with self._lock:
            if self._stopping.is_set():
                raise DeliveryError("the delivery service has been stopped")
            deployed = self._pipelines.get(pipeline)
            commit = revision or self._repository.head(_branch(deployed)) or ""
            message = self._repository.describe(commit)["message"].split("\n")[0] if commit else ""
            if request_token is not None:
                for earlier in self._book.executions():
                    if (earlier.pipeline, earlier.request_token) == (pipeline, request_token):
                        return earlier.id
            unknown = sorted((variables or {}).keys() - deployed.structure.variables.keys())
            if unknown:
                raise DeliveryError(f"the pipeline '{pipeline}' declares no variable '{unknown[0]}'")
            execution = Execution(
                id=str(uuid.uuid4()),
                pipeline=pipeline,
                version=deployed.version,
                trigger=trigger,
                status="InProgress",
                revision=commit,
                message=message,
                started=time.time(),
                stages=not_started(deployed.structure.stages),
                mode=deployed.structure.mode,
                variables={**deployed.structure.variables, **(variables or {})},
                request_token=request_token,
            )
            self._book.open(execution)
            runner = Runner(
                pipeline=deployed,
                execution=execution,
                services=self._services,
                book=self._book,
                locks=self._locks[pipeline],
                outdated=self._outdated,
                ended=self._ended,
            )
            self._runners[execution.id] = runner
            runner.thread.start()
            return execution.id

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
        stages = {s.name: s for s in self._pipelines.get(pipeline).structure.stages}
        if stage not in stages:
            raise StageNotFoundError(f"the pipeline '{pipeline}' has no stage '{stage}'")
        if action not in [a.name for a in stages[stage].actions]:
            raise ActionNotFoundError(f"the stage '{stage}' has no action '{action}'")
        self._services.approvals.answer(
            pipeline=pipeline, stage=stage, action=action, token=token, status=status, summary=summary, by=by
        )

    def wait(self, timeout: float | None = None) -> bool:
        """Wait up to `timeout` seconds until no execution runs, those of finished pushes included; whether so."""
        self._notice_pushes()
        return self._book.wait_for(lambda all_: all(e.status in ENDED for e in all_), timeout)

    def stop(self) -> None:
        """End the running executions as Stopped, with every process of their builds. May be called twice."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join(_STOP_SECONDS)
        with self._lock:
            runners = list(self._runners.values())
        for runner in runners:
            runner.abandon("Stopped")
        for runner in runners:
            runner.thread.join(_STOP_SECONDS)

    def _watch(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            self._notice_pushes()

    def _notice_pushes(self, but: str | None = None) -> None:
        """Start the pipelines that watch the pushed branches, all but one."""
        with self._lock:
            if self._stopping.is_set():
                return
            for push in self._repository.new_pushes():
                for name in self._pipelines.names():
                    if name != but and _branch(self._pipelines.get(name)) == push.branch:
                        self.start_pipeline_execution(name, revision=push.revision, trigger="WebhookV2")

    def _pipeline_changed(self, pipeline: DeployedPipeline) -> None:
        """CloudFormation made or changed a pipeline: it runs, unless it is running and will notice by itself."""
        with self._lock:
            if self._stopping.is_set() or self._running(pipeline.name):
                return
            if pipeline.version > 1 and not pipeline.restart_on_update:
                return
            self._notice_pushes(but=pipeline.name)  # what was pushed until now is what it starts with
            if self._repository.head(_branch(pipeline)):
                trigger = "CreatePipeline" if pipeline.version == 1 else "StartPipelineExecution"
                self.start_pipeline_execution(pipeline.name, trigger=trigger)

    def _pipeline_removed(self, name: str) -> None:
        with self._lock:
            for runner in self._runners.values():
                if runner.pipeline.name == name:
                    runner.abandon("Cancelled")

    def _outdated(self, runner: Runner) -> bool:
        """Whether the pipeline was changed under an execution and starts anew."""
        with self._lock:
            try:
                now = self._pipelines.get(runner.pipeline.name)
            except PipelineNotFoundError:
                return True
            if now.version == runner.pipeline.version or not now.restart_on_update:
                return False
            if (now.name, now.version) not in self._restarted and not self._stopping.is_set():
                self._restarted.add((now.name, now.version))
                self._restart(now)
            return True

    def _restart(self, pipeline: DeployedPipeline) -> None:
        """Start the changed pipeline with the newest commit of the executions that end because of the change.

        Those at work finish what they are doing; those that only wait, for a person or a stage, end now.
        """
        running = self._running(pipeline.name)
        self.start_pipeline_execution(pipeline.name, revision=running[-1].revision)
        for execution in running:
            actions = [action for stage in execution.stages for action in stage.actions]
            if not any(a.status == "InProgress" and a.category != "Approval" for a in actions):
                self._runners[execution.id].abandon("Cancelled")

    def _running(self, pipeline: str) -> list[Execution]:
        """Executions that have not ended, oldest first."""
        return [e for e in self._book.executions() if e.pipeline == pipeline and e.status not in ENDED]

    def _ended(self, runner: Runner) -> None:
        with self._lock, contextlib.suppress(KeyError):
            del self._runners[runner.id]


def _branch(pipeline: DeployedPipeline) -> str:
    """The branch of the first source action."""
    return pipeline.structure.stages[0].actions[0].configuration.get("BranchName", "main")
