"""The state of executions, as immutable snapshots for whoever looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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

    def not_started(self) -> "ActionState":
        """The same action as if it had never run."""
        return ActionState(
            name=self.name, category=self.category, provider=self.provider, run_order=self.run_order
        )


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

    `variables` are the pipeline's own with the values of this run; `summary` says why it was stopped. One that is
    `restarted` took the place of those that a change of the pipeline ended.
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
    restarted: bool = False

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
