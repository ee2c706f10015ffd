"""Starts, stops, retries, restarts and resumes the executions of all pipelines."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from .actions import Services
from .book import Book
from .errors import (
    DeliveryError,
    DuplicatedStopRequestError,
    PipelineNotFoundError,
    PipelineVersionNotFoundError,
    TooManyExecutionsError,
)
from .execution import Runner
from .locks import StageLocks
from .opening import opened
from .pipelines import DeployedPipeline, Pipelines
from .recovery import check_retry, interrupted, set_back, stopping
from .restarts import Restarts
from .state import ENDED, Execution
from .transitions import Transitions

MOST_EXECUTIONS = 50  # of one pipeline at once, CodePipeline's quota in the modes QUEUED and PARALLEL
_STOP_SECONDS = 20


class Conductor:
    """Holds the runner of every execution that has not ended. `lock` is held while one starts or is ended."""

    def __init__(
        self, *, services: Services, book: Book, pipelines: Pipelines, transitions: Transitions
    ) -> None:
        self.lock = threading.RLock()
        self._services, self._book = services, book
        self._pipelines, self._transitions = pipelines, transitions
        self._locks: defaultdict[str, StageLocks] = defaultdict(StageLocks)
        self._restarts = Restarts(book, pipelines)
        self._runners: dict[str, Runner] = {}
        self._suspended = False
        self._interrupt()

    def start(
        self,
        pipeline: DeployedPipeline,
        *,
        revision: str | None,
        trigger: str,
        variables: Mapping[str, str] | None = None,
        request_token: str | None = None,
        restarted: bool = False,
    ) -> str:
        """Start an execution, as Engine.start_pipeline_execution tells."""
        with self.lock:
            self._refuse_when_stopped()
            for earlier in self._book.executions() if request_token is not None else ():
                if (earlier.pipeline, earlier.request_token) == (pipeline.name, request_token):
                    return earlier.id
            mode = pipeline.structure.mode
            if mode != "SUPERSEDED" and len(self._book.running(pipeline.name)) >= MOST_EXECUTIONS:
                raise TooManyExecutionsError(
                    f"{MOST_EXECUTIONS} executions of the pipeline '{pipeline.name}' have not ended yet"
                )
            execution = opened(
                pipeline,
                self._services.repository,
                revision=revision,
                trigger=trigger,
                variables=variables or {},
                request_token=request_token,
                restarted=restarted,
            )
            self._book.open(execution)
            self._run(pipeline, execution)
            return execution.id

    def stop(self, execution: Execution, *, abandon: bool, reason: str) -> None:
        """Stop an execution, as Engine.stop_pipeline_execution tells."""
        with self.lock:
            runner, now = self._runners.get(execution.id), self._book.execution(execution.id)
            if runner and now.status == "Stopping" and not (abandon and not runner.abandoned):
                raise DuplicatedStopRequestError(f"the execution {execution.id} is being stopped already")
            self._book.change(execution.id, lambda e: stopping(e, reason))
            if runner:
                runner.halt("Stopped", abandon=abandon)

    def retry(self, pipeline: DeployedPipeline, stage: str, execution_id: str, *, everything: bool) -> None:
        """Run a stage again, as Engine.retry_stage_execution tells."""
        with self.lock:
            self._refuse_when_stopped()
            latest = self._book.latest(pipeline.name, stage)
            check_retry(self._book.execution(execution_id), stage, version=pipeline.version, latest=latest)
            self._book.change(execution_id, lambda e: set_back(e, stage, everything=everything))
            self._run(pipeline, self._book.execution(execution_id))

    def resume(self) -> None:
        """Go on with the executions that waited, for a person or for their turn, when an earlier process ended."""
        with self.lock:
            waiting = [e for e in self._book.executions() if e.status not in ENDED]
            # Who is in a stage takes it before those in front of it stand in line, the oldest first.
            for execution in sorted(waiting, key=lambda e: not _inside(e)):
                if execution.id in self._runners:
                    continue
                try:
                    pipeline = self._pipelines.version(execution.pipeline, execution.version)
                except (PipelineNotFoundError, PipelineVersionNotFoundError):
                    self._book.update(execution.id, status="Cancelled")
                    continue
                runner = self._run(pipeline, execution)
                if execution.status == "Stopping":
                    runner.halt("Stopped", abandon=False)
                elif self._restarts.took_place_of(execution):
                    runner.halt("Cancelled", abandon=True)

    def cancel(self, pipeline: str) -> None:
        """The pipeline is deleted: end its executions."""
        with self.lock:
            for runner in self._runners.values():
                if runner.pipeline.name == pipeline:
                    runner.halt("Cancelled", abandon=True)

    def suspend(self) -> None:
        """End everything that runs; what waits is resumed by the next process. May be called twice."""
        with self.lock:
            self._suspended = True
            runners = list(self._runners.values())
            self._services.approvals.suspend()
        for runner in runners:
            runner.suspend()
        for runner in runners:
            runner.thread.join(_STOP_SECONDS)
        self._interrupt()

    def waiting(self, pipeline: str, stage: str) -> tuple[str, ...]:
        """The executions in front of a stage, the next one first."""
        return self._locks[pipeline].waiting(stage)

    def _run(self, pipeline: DeployedPipeline, execution: Execution) -> Runner:
        runner = Runner(
            pipeline=pipeline,
            execution=execution,
            services=self._services,
            book=self._book,
            locks=self._locks[pipeline.name],
            open_=partial(self._transitions.are_open, pipeline),
            outdated=self._outdated,
            ended=self._ended,
        )
        self._runners[execution.id] = runner
        runner.thread.start()
        return runner

    def _outdated(self, runner: Runner) -> bool:
        """Whether the pipeline was changed under an execution; the first to ask has it start anew."""
        with self.lock:
            try:
                changed = self._restarts.changed(runner.pipeline)
            except PipelineNotFoundError:
                return True
            if changed and not self._suspended and not self._restarts.happened(changed):
                for idle in self._restarts.restart(changed, self.start):
                    if waiting := self._runners.get(idle.id):
                        waiting.halt("Cancelled", abandon=True)
            return changed is not None

    def _interrupt(self) -> None:
        for execution in self._book.executions():
            if execution.status not in ENDED:
                self._book.change(execution.id, interrupted)

    def _ended(self, runner: Runner) -> None:
        with self.lock, contextlib.suppress(KeyError):
            if self._runners[runner.id] is runner:
                del self._runners[runner.id]

    def _refuse_when_stopped(self) -> None:
        if self._suspended:
            raise DeliveryError("the delivery service has been stopped")


def _inside(execution: Execution) -> bool:
    return any(stage.status in ("InProgress", "Stopping") for stage in execution.stages)
