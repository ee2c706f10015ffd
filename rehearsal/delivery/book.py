"""The state of all executions: in memory for whoever looks, and on disk before it is seen."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from .database import Database
from .state import ENDED, ActionExecution, ActionState, Execution, StageState


class Book:
    """All executions and all runs of their actions, oldest first. Every change is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        runs = database.all("actions", ActionExecution)
        self._runs = {run.action.id: run for run in runs}
        self._executions = {e.id: self._whole(e) for e in database.all("executions", Execution)}

    def executions(self) -> list[Execution]:
        """Snapshots of all executions."""
        with self._changed:
            return list(self._executions.values())

    def execution(self, execution_id: str) -> Execution:
        """A snapshot of one. Raises KeyError."""
        with self._changed:
            return self._executions[execution_id]

    def running(self, pipeline: str) -> list[Execution]:
        """A pipeline's executions that have not ended."""
        return [e for e in self.executions() if e.pipeline == pipeline and e.status not in ENDED]

    def latest(self, pipeline: str, stage: str) -> Execution | None:
        """The execution that entered a stage last."""
        entered = [
            (there.started, execution)
            for execution in self.executions()
            for there in execution.stages
            if execution.pipeline == pipeline and there.name == stage and there.started is not None
        ]
        return max(entered, key=lambda one: one[0])[1] if entered else None

    def action_executions(self, execution_id: str | None = None) -> list[ActionExecution]:
        """Every run of every action, or those of one execution."""
        with self._changed:
            return [run for run in self._runs.values() if execution_id in (None, run.execution_id)]

    def open(self, execution: Execution) -> None:
        """Take in a new execution."""
        with self._changed:
            self._keep(execution)

    def change(self, execution_id: str, change: Callable[[Execution], Execution]) -> Execution:
        """Put an execution's changed form in its place; answer it."""
        with self._changed:
            changed = change(self._executions[execution_id])
            self._keep(changed)
            return changed

    def update(self, execution_id: str, **changes: Any) -> None:
        """Change fields of an execution; one that ends gets its time."""
        self.change(execution_id, lambda execution: stamped(execution, changes))

    def update_stage(self, execution_id: str, stage: str, **changes: Any) -> None:
        """Change fields of a stage; its times follow from its status."""
        self.change(
            execution_id,
            lambda execution: replace(
                execution,
                stages=tuple(stamped(s, changes) if s.name == stage else s for s in execution.stages),
            ),
        )

    def update_action(self, execution_id: str, stage: str, action: str, **changes: Any) -> None:
        """Change fields of an action; its times follow from its status."""

        def changed(execution: Execution) -> Execution:
            actions = tuple(
                stamped(a, changes) if a.name == action else a for a in execution.stage(stage).actions
            )
            stages = tuple(replace(s, actions=actions) if s.name == stage else s for s in execution.stages)
            return replace(execution, stages=stages)

        self.change(execution_id, changed)

    def wait_for(self, condition: Callable[[list[Execution]], bool], timeout: float | None) -> bool:
        """Wait up to `timeout` seconds until the condition holds for all executions; whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(list(self._executions.values())), timeout)

    def _keep(self, execution: Execution) -> None:
        """An action's details are written once, with its run; the execution names the run."""
        before = self._executions.get(execution.id)
        known = {id(action) for stage in before.stages for action in stage.actions} if before else set()
        fresh = [
            ActionExecution(
                execution_id=execution.id, version=execution.version, stage=stage.name, action=action
            )
            for stage in execution.stages
            for action in stage.actions
            if action.id is not None and id(action) not in known
        ]
        with self._database.change() as change:
            change.put("executions", execution.id, _outline(execution))
            for run in fresh:
                change.put("actions", str(run.action.id), run)
        self._executions[execution.id] = execution
        self._runs.update({run.action.id: run for run in fresh})
        self._changed.notify_all()

    def _whole(self, outline: Execution) -> Execution:
        """The execution with its actions' details, from its outline."""
        stages = tuple(
            replace(s, actions=tuple(self._runs[a.id].action if a.id else a for a in s.actions))
            for s in outline.stages
        )
        return replace(outline, stages=stages)


def _outline(execution: Execution) -> Execution:
    """The execution without its actions' details."""
    stages = tuple(
        replace(s, actions=tuple(replace(a.not_started(), id=a.id) for a in s.actions))
        for s in execution.stages
    )
    return replace(execution, stages=stages)


_Part = TypeVar("_Part", Execution, StageState, ActionState)


def stamped(part: _Part, changes: dict[str, Any]) -> _Part:
    """The part with these changes, and the times that follow from its new status."""
    now, status = time.time(), changes.get("status")
    if status == "InProgress":
        # An execution that goes on after a retry began when it began.
        began = part.started if isinstance(part, Execution) else now
        changes = {"started": began, "ended": None, **changes}
    elif status in ENDED or status == "Abandoned":
        changes = {"ended": now, **changes}
    if status is not None and isinstance(part, ActionState):
        changes = {"updated": now, **changes}
    return replace(part, **changes)
