"""The pipelines that CloudFormation has deployed, each with its version, and who is told of a change."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .errors import PipelineNotFoundError
from .structure import Structure, structure


@dataclass(frozen=True, kw_only=True)
class DeployedPipeline:
    """A pipeline as it is deployed now. `declaration` is the API's; times are seconds since the epoch."""

    account: str
    region: str
    name: str
    version: int
    declaration: dict[str, Any]
    restart_on_update: bool
    created: float
    updated: float

    @cached_property
    def structure(self) -> Structure:
        """The declaration as objects."""
        return structure(self.declaration)

    @property
    def arn(self) -> str:
        """The pipeline's ARN."""
        return f"arn:aws:codepipeline:{self.region}:{self.account}:{self.name}"


class Pipelines:
    """The deployed pipelines by name. `changed` and `removed` are called, outside the lock, after the fact."""

    def __init__(
        self, *, changed: Callable[[DeployedPipeline], None], removed: Callable[[str], None]
    ) -> None:
        self._changed, self._removed = changed, removed
        self._lock = threading.Lock()
        self._pipelines: dict[str, DeployedPipeline] = {}

    def names(self) -> list[str]:
        """All names, sorted."""
        with self._lock:
            return sorted(self._pipelines)

    def get(self, name: str) -> DeployedPipeline:
        """The pipeline as it is now. Raises PipelineNotFoundError."""
        with self._lock:
            if name not in self._pipelines:
                raise PipelineNotFoundError(f"there is no pipeline named '{name}'")
            return self._pipelines[name]

    def put(
        self, *, account: str, region: str, declaration: dict[str, Any], restart_on_update: bool
    ) -> DeployedPipeline:
        """Make or change a pipeline; its version counts up when its structure differs."""
        now, name = time.time(), declaration["name"]
        with self._lock:
            before = self._pipelines.get(name)
            pipeline = DeployedPipeline(
                account=account,
                region=region,
                name=name,
                version=1,
                declaration=declaration,
                restart_on_update=restart_on_update,
                created=now,
                updated=now,
            )
            if before:
                same = before.declaration == declaration
                pipeline = replace(pipeline, version=before.version + (not same), created=before.created)
            self._pipelines[name] = pipeline
        if not before or pipeline.version != before.version:
            self._changed(pipeline)
        return pipeline

    def remove(self, name: str) -> None:
        """Forget a pipeline; nothing happens if it is not there."""
        with self._lock:
            self._pipelines.pop(name, None)
        self._removed(name)
