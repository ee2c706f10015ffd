"""All builds of CodeBuild projects: those of a pipeline's actions, and those that StartBuild starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class BuildPhase:
    """A phase in AWS's words (SUBMITTED, ..., INSTALL, PRE_BUILD, BUILD, POST_BUILD, ..., COMPLETED).

    `status` is None while it runs, else SUCCEEDED, FAILED, TIMED_OUT, STOPPED or FAULT. `code` and `message` say
    why it failed. Times are seconds since the epoch.
    """

    type: str
    started: float
    status: str | None = None
    ended: float | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class BuildState:
    """A build. `id` is `<project>:<uuid>`; `status` is IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT or STOPPED.

    `project` is the project as the build found it (the API's Project), the overrides of StartBuild put in;
    `variables` are those that StartBuild or the action gave (name, value, type); `revision` is the commit.
    """

    id: str
    account: str
    region: str
    number: int
    project: Mapping[str, Any]
    status: str
    initiator: str
    started: float
    log: Path
    revision: str = ""
    ended: float | None = None
    phases: tuple[BuildPhase, ...] = ()
    variables: tuple[Mapping[str, str], ...] = ()
    exported: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The build's ARN."""
        return f"arn:aws:codebuild:{self.region}:{self.account}:build/{self.id}"

    @property
    def project_name(self) -> str:
        """The name of the project."""
        return self.id.rpartition(":")[0]
