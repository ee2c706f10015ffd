"""The delivery service: deployed pipelines, the repository that starts them, their executions and approvals.

The methods are CodePipeline's operations in Python's words, so that its API can be put in front of them.
"""

import contextlib
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.cloud import Cloud

from . import resource_types
from .actions import Services
from .approvals import Approvals, PendingApproval
from .build_environment import Tools
from .errors import ActionNotFoundError, DeliveryError, PipelineNotFoundError, StageNotFoundError
from .execution import Runner, not_started
from .locks import StageLocks
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository
from .state import ENDED, Book, Execution

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

    def get_pipeline(self, name: str) -> DeployedPipeline:
        """The pipeline as it is deployed now. Raises PipelineNotFoundError."""
        return self._pipelines.get(name)

    def list_pipelines(self) -> list[DeployedPipeline]:
        """All deployed pipelines, by name."""
        return [self._pipelines.get(name) for name in self._pipelines.names()]

    def executions(self) -> list[Execution]:
        """Snapshots of all executions, the newest first."""
        return self._book.executions()[::-1]

    def pending_approvals(self) -> list[PendingApproval]:
        """The approvals that wait for a person, oldest first."""
        return self._services.approvals.waiting()

    def start_pipeline_execution(
        self, pipeline: str, *, revision: str | None = None, trigger: str = "StartPipelineExecution"
    ) -> str:
        """Start an execution for a commit, by default the branch's newest; answer its id.

        Raises PipelineNotFoundError, or DeliveryError once the engine has been stopped.
        """
        with self._lock:
            if self._stopping.is_set():
                raise DeliveryError("the delivery service has been stopped")
            deployed = self._pipelines.get(pipeline)
            commit = revision or self._repository.head(_branch(deployed)) or ""
            message = self._repository.describe(commit)["message"].split("\n")[0] if commit else ""
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
        self, *, pipeline: str, stage: str, action: str, token: str, status: str, summary: str
    ) -> None:
        """Approve or reject: `status` is Approved or Rejected, `summary` at most 512 characters.

        Raises the DeliveryErrors of approvals.Approvals.answer, and PipelineNotFoundError, StageNotFoundError
        and ActionNotFoundError for names that the deployed pipeline does not have.
        """
        stages = {s.name: s for s in self._pipelines.get(pipeline).structure.stages}
        if stage not in stages:
            raise StageNotFoundError(f"the pipeline '{pipeline}' has no stage '{stage}'")
        if action not in [a.name for a in stages[stage].actions]:
            raise ActionNotFoundError(f"the stage '{stage}' has no action '{action}'")
        self._services.approvals.answer(
            pipeline=pipeline, stage=stage, action=action, token=token, status=status, summary=summary
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
