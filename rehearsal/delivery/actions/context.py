"""What an action is given when it runs, and what it gives back."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from rehearsal.cloud import Cloud

from ..approvals import Approvals
from ..artifacts import Artifact
from ..builder import Builder
from ..credentials import Credentials, of_pipeline
from ..pipelines import DeployedPipeline
from ..source import SourceRepository
from ..structure import Action


@dataclass(frozen=True, kw_only=True)
class Services:
    """What all actions of an engine share. `state` is the rehearsal's folder.

    `settled` is called when an action has ended and its outcome is not written down yet.
    """

    cloud: Cloud
    state: Path
    repository: SourceRepository
    approvals: Approvals
    builder: Builder
    settled: Callable[[], object]


class Tell(Protocol):
    """Shows what is known of an action while it runs: fields of its ActionState."""

    def __call__(self, **fields: object) -> None: ...


@dataclass(frozen=True, kw_only=True)
class ActionContext:
    """One action of one execution. The action's configuration has its variables filled in.

    `id` is the action execution's; `attempt` counts the runs of the action in the execution, from 1.
    """

    services: Services
    pipeline: DeployedPipeline
    execution_id: str
    id: str
    attempt: int
    revision: str
    stage: str
    action: Action
    inputs: Mapping[str, Artifact]
    abandoned: threading.Event
    tell: Tell

    @cached_property
    def delivery_credentials(self) -> Credentials:
        """Those of the pipeline's own role."""
        return of_pipeline(
            self.services.cloud,
            self.pipeline.declaration["roleArn"],
            session=self.execution_id,
            region=self.pipeline.region,
        )

    @cached_property
    def credentials(self) -> Credentials:
        """Those that the action works with: its role's, taken with the pipeline's, else the pipeline's."""
        role = self.action.role_arn
        own = self.delivery_credentials
        return own.assume(role, session=self.execution_id) if role else own

    def folder(self, kind: str) -> Path:
        """The action's own place under the state folder, for example for `kind="logs"`; it may not exist yet."""
        name = f"{self.stage}.{self.action.name}"
        if self.attempt > 1:
            name += f"~{self.attempt}"  # no character of a name: no other action's folder
        return self.services.state / kind / self.execution_id[:8] / name


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """Output variables (for the action's namespace) and output artifacts, by name."""

    variables: Mapping[str, str] = field(default_factory=dict)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)


Run = Callable[[ActionContext], ActionResult]
