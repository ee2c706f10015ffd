"""The state of executions: immutable snapshots for whoever looks, and a JSON file for each on disk."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

ENDED = ("Succeeded", "Failed", "Stopped", "Superseded", "Cancelled")


@dataclass(frozen=True, kw_only=True)
class OutputArtifact:
    """Where an action's output lies on this machine: a folder, or None for a reference to the commit `revision`."""

    name: str
    revision: str
    folder: Path | None


@dataclass(frozen=True, kw_only=True)
class ActionState:
    """An action of one execution. Times are seconds since the epoch; `status` is None before it starts.

    `id` is the action execution's, anew at each retry. `configuration` has its variables filled in; `variables`
    are what the action gave to its namespace. `updated` is when the status last changed, `updated_by` the ARN
    of who answered an approval. `url` leads to what the action shows, `reports` is the folder of the test
    reports that a build handed in.
    """

    name: str
    provider: str
    run_order: int
    category: str = ""
    id: str | None = None
    status: str | None = None
    started: float | None = None
    ended: float | None = None
    updated: float | None = None
    updated_by: str | None = None
    summary: str | None = None
    error: str | None = None
    log: Path | None = None
    external_id: str | None = None
    token: str | None = None
    url: str | None = None
    reports: Path | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    artifacts: tuple[OutputArtifact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageState:
    """A stage of one execution, in AWS's words; `status` is None before the execution enters it."""

    name: str
    actions: tuple[ActionState, ...]
    status: str | None = None
    started: float | None = None
    ended: float | None = None

    def action(self, name: str) -> ActionState:
        """The action of this name. Raises StopIteration if there is none."""
        return next(action for action in self.actions if action.name == name)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run of a pipeline. `version` is the pipeline's when it started, `trigger` what started it.

    `variables` are the pipeline's own with the values of this run; `summary` says why it was stopped.
    """

    id: str
    pipeline: str
    version: int
    trigger: str
    status: str
    revision: str
    message: str
    started: float
    stages: tuple[StageState, ...]
    ended: float | None = None
    mode: str = "QUEUED"
    variables: Mapping[str, str] = field(default_factory=dict)
    summary: str | None = None
    request_token: str | None = None

    def stage(self, name: str) -> StageState:
        """The stage of this name. Raises StopIteration if there is none."""
        return next(stage for stage in self.stages if stage.name == name)


@dataclass(frozen=True, kw_only=True)
class ActionExecution:
    """One run of an action: an action that was retried has several in one execution of the pipeline."""

    execution_id: str
    version: int
    stage: str
    action: ActionState


class Book:
    """All executions, oldest first. Every change is on disk, as `<folder>/<id>.json`, before it is seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._executions: dict[str, Execution] = {}
        self._changed = threading.Condition()

    def executions(self) -> list[Execution]:
        """Snapshots of all executions."""
        with self._changed:
            return list(self._executions.values())

    def execution(self, execution_id: str) -> Execution:
        """A snapshot of one. Raises KeyError."""
        with self._changed:
            return self._executions[execution_id]

    def open(self, execution: Execution) -> None:
        """Take in a new execution."""
        with self._changed:
            self._keep(execution)

    def update(self, execution_id: str, **changes: Any) -> None:
        """Change fields of an execution; one that ends gets its time."""
        with self._changed:
            self._keep(_stamped(self._executions[execution_id], changes))

    def update_stage(self, execution_id: str, stage: str, **changes: Any) -> None:
        """Change fields of a stage; its times follow from its status."""
        with self._changed:
            execution = self._executions[execution_id]
            stages = tuple(_stamped(s, changes) if s.name == stage else s for s in execution.stages)
            self._keep(replace(execution, stages=stages))

    def update_action(self, execution_id: str, stage: str, action: str, **changes: Any) -> None:
        """Change fields of an action; its times follow from its status."""
        with self._changed:
            execution = self._executions[execution_id]
            actions = tuple(
                _stamped(a, changes) if a.name == action else a for a in execution.stage(stage).actions
            )
            stages = tuple(replace(s, actions=actions) if s.name == stage else s for s in execution.stages)
            self._keep(replace(execution, stages=stages))

    def wait_for(self, condition: Callable[[list[Execution]], bool], timeout: float | None) -> bool:
        """Wait up to `timeout` seconds until the condition holds for all executions; whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(list(self._executions.values())), timeout)

    def _keep(self, execution: Execution) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{execution.id}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(execution), default=str, indent=1) + "\n")
        fresh.replace(path)
        self._executions[execution.id] = execution
        self._changed.notify_all()


_Part = TypeVar("_Part", Execution, StageState, ActionState)


def _stamped(part: _Part, changes: dict[str, Any]) -> _Part:
    status = changes.get("status")
    if status == "InProgress":
        changes = {"started": time.time(), **changes}
    elif status in ENDED or status == "Abandoned":
        changes = {"ended": time.time(), **changes}
    return replace(part, **changes)
