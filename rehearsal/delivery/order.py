"""What is asked of a build: by an action of a pipeline, or by StartBuild."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .artifacts import Artifact
from .build_variables import Variable


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be built. `project` is the API's; `inputs` has the primary source first; `minutes` is the longest
    it may take; `reports` and `outputs_in` are folders for what it hands over, made when there is something.

    `id` is the build's if it has one before it begins, `request` what StartBuild was asked beside the project.
    """

    account: str
    project: Mapping[str, Any]
    inputs: Mapping[str, Artifact]
    outputs: tuple[str, ...]
    variables: tuple[Variable, ...]
    initiator: str
    minutes: float
    log: Path
    reports: Path
    outputs_in: Path
    id: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """The commit of the primary source."""
        return next(iter(self.inputs.values())).revision
