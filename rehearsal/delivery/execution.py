"""One execution of a pipeline: its stages in order, the actions of a stage by run order."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .action_runs import Actions
from .actions import Services
from .book import Book
from .errors import internal
from .locks import StageLocks, SupersededError
from .pipelines import DeployedPipeline
from .recovery import broken_off
from .state import Execution
from .structure import Action, Stage

_log = logging.getLogger(__name__)


class Runner:
    """Runs one execution in a thread of its own, by the structure that the pipeline had at its start.

    It goes on where the execution's state stands: at the beginning, at a stage that is retried, or at an approval
    that waited when an earlier process ended. `open_` tells whether a stage may be entered; `outdated` is asked
    between actions whether the pipeline has changed so that the execution ends as Cancelled; `ended` is called
    after the last change of its state.
    """

    def __init__(
        self,
        *,
        pipeline: DeployedPipeline,
        execution: Execution,
        services: Services,
        book: Book,
        locks: StageLocks,
        open_: Callable[[str], bool],
        outdated: Callable[["Runner"], bool],
        ended: Callable[["Runner"], None],
    ) -> None:
        self.pipeline, self.id, self.revision = pipeline, execution.id, execution.revision
        self._book, self._locks = book, locks
        self._open, self._outdated, self._ended = open_, outdated, ended
        self._halted, self._abandoned = threading.Event(), threading.Event()
        self._suspended = False
        self._actions = Actions(
            pipeline=pipeline,
            execution=execution,
            services=services,
            book=book,
            abandoned=self._abandoned,
            suspended=lambda: self._suspended,
        )
        self._outcome = "Failed"
        self._mode = execution.mode
        self._stand(execution)
        self.thread = threading.Thread(target=self._run, name=f"execution-{self.id[:8]}", daemon=True)

    @property
    def abandoned(self) -> bool:
        """Whether the running actions are being ended."""
        return self._abandoned.is_set()

    def halt(self, outcome: str, *, abandon: bool) -> None:
        """End the execution as `outcome` (Stopped or Cancelled): when its running actions have finished, or with
        `abandon` at once, they as Abandoned."""
        self._outcome = outcome
        self._halted.set()
        if abandon:
            self._abandoned.set()

    def suspend(self) -> None:
        """End all that runs and leave the execution's state as it is, for another process to go on from."""
        self._suspended = True
        self.halt("Failed", abandon=True)

    def _stand(self, execution: Execution) -> None:
        """Take the execution's place: in the stage it is in, else in front of the next one."""
        stage = next((s for s in execution.stages if s.status != "Succeeded"), None)
        if stage is None:
            return
        inside = stage.status is not None and self._locks.enter(stage.name, self.id)
        if not inside:
            self._locks.join(stage.name, self.id, mode=self._mode)

    def _run(self) -> None:
        fault: Exception | None = None
        try:
            self._run_stages()
        except SupersededError:
            self._outcome = "Superseded"
        except (
            Exception
        ) as error:  # an execution that dies unseen would hold its stage, and be at work, for good
            _log.exception("execution %s", self.id)
            fault = error
        if self._suspended:
            return
        # First: whoever sees the end may retry at once, and would lose the stage again.
        self._locks.forget(self.id)
        try:
            if fault:
                self._book.change(self.id, partial(broken_off, why=internal(fault)))
            else:
                self._book.update(self.id, status=self._outcome)
        except Exception:  # a full disk: the next process finds it at work, and ends it
            _log.exception("execution %s", self.id)
        self._ended(self)

    def _run_stages(self) -> None:
        stages = self.pipeline.structure.stages
        for stage, following in zip(stages, [*stages[1:], None], strict=True):
            status = self._book.execution(self.id).stage(stage.name).status
            if status == "Succeeded":
                continue
            if not self._locks.wait(
                stage.name,
                self.id,
                mode=self._mode,
                halted=self._halted,
                open_=partial(self._open, stage.name),
            ):
                return
            if status is None:
                if self._is_outdated():
                    return
                self._book.update_stage(self.id, stage.name, status="InProgress")
            if not self._run_stage(stage):
                return
            if following:
                self._locks.join(following.name, self.id, mode=self._mode)
            self._locks.leave(stage.name, self.id)
        self._outcome = "Succeeded"

    def _run_stage(self, stage: Stage) -> bool:
        """Run what has not run of a stage; whether the execution goes on behind it."""
        for number, batch in enumerate(stage.batches()):
            if self._halted.is_set() and "InProgress" not in self._statuses(stage, batch):
                return self._leave(stage, self._outcome)
            if number and self._is_outdated():
                return self._leave(stage, "Cancelled")
            self._run_batch(stage, batch)
            statuses = self._statuses(stage, batch)
            if statuses != {"Succeeded"}:
                return self._leave(stage, "Failed" if "Failed" in statuses else self._outcome)
        self._leave(stage, "Succeeded")
        return not self._halted.is_set() and not self._is_outdated()

    def _statuses(self, stage: Stage, actions: list[Action]) -> set[str | None]:
        state = self._book.execution(self.id).stage(stage.name)
        return {state.action(action.name).status for action in actions}

    def _leave(self, stage: Stage, status: str) -> bool:
        if not self._suspended:
            self._book.update_stage(self.id, stage.name, status=status)
        return False

    def _is_outdated(self) -> bool:
        if self._outdated(self):
            self._outcome = "Cancelled"
            return True
        return False

    def _run_batch(self, stage: Stage, batch: list[Action]) -> None:
        """Run the actions side by side: those that have not run, and approvals that were asked for before."""
        execution = self._book.execution(self.id)
        states = execution.stage(stage.name)
        given = self._actions.given(execution)
        due = [action for action in batch if states.action(action.name).status in (None, "InProgress")]
        if not due:
            return
        with ThreadPoolExecutor(len(due), thread_name_prefix=f"action-{self.id[:8]}") as pool:
            list(pool.map(lambda action: self._actions.run(stage, action, given), due))
