"""The pipelines that CloudFormation has deployed, each with its version, and who is told of a change."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .database import Database
from .errors import PipelineNotFoundError, PipelineVersionNotFoundError, ResourceNotFoundError
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
        return pipeline_arn(self.account, self.region, self.name)


def pipeline_arn(account: str, region: str, name: str) -> str:
    """The ARN of a pipeline."""
    return f"arn:aws:codepipeline:{region}:{account}:{name}"


class Pipelines:
    """The deployed pipelines by name, with all versions that they had.

    `changed` and `removed` are called, outside the lock, after the fact; who makes it sets them.
    """

    def __init__(self, database: Database) -> None:
        self.changed: Callable[[DeployedPipeline], None] = lambda _: None
        self.removed: Callable[[DeployedPipeline], None] = lambda _: None
        self._database = database
        self._lock = threading.Lock()
        self._pipelines = {p.name: p for p in database.all("pipelines", DeployedPipeline)}
        self._unclaimed = set(self._pipelines)
        self._versions = {(p.name, p.version): p for p in database.all("versions", DeployedPipeline)}

    def names(self) -> list[str]:
        """All names, sorted."""
        with self._lock:
            return sorted(self._pipelines)

    def is_taken(self, name: str) -> bool:
        """Whether a pipeline of this name is deployed. One that only an earlier process has deployed is not in the
        way: a cloud that begins anew, or from an earlier day, makes it again."""
        with self._lock:
            return name in self._pipelines and name not in self._unclaimed

    def get(self, name: str) -> DeployedPipeline:
        """The pipeline as it is now. Raises PipelineNotFoundError."""
        with self._lock:
            if name not in self._pipelines:
                raise PipelineNotFoundError(f"there is no pipeline named '{name}'")
            return self._pipelines[name]

    def version(self, name: str, version: int) -> DeployedPipeline:
        """The pipeline as it was in a version. Raises PipelineNotFoundError and PipelineVersionNotFoundError."""
        self.get(name)
        with self._lock:
            if (name, version) not in self._versions:
                raise PipelineVersionNotFoundError(f"the pipeline '{name}' has no version {version}")
            return self._versions[name, version]

    def by_arn(self, arn: str) -> DeployedPipeline:
        """The pipeline with this ARN. Raises ResourceNotFoundError."""
        with self._lock:
            for pipeline in self._pipelines.values():
                if pipeline.arn == arn:
                    return pipeline
        raise ResourceNotFoundError(f"there is no pipeline with the ARN '{arn}'")

    def put(
        self, *, account: str, region: str, declaration: dict[str, Any], restart_on_update: bool
    ) -> DeployedPipeline:
        """Make or change a pipeline; its version counts up when its structure differs."""
        now, name = time.time(), declaration["name"]
        with self._lock:
            self._unclaimed.discard(name)
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
            with self._database.change() as change:
                change.put("pipelines", name, pipeline)
                change.put("versions", f"{name}:{pipeline.version}", pipeline)
            self._pipelines[name] = self._versions[name, pipeline.version] = pipeline
        if not before or pipeline.version != before.version:
            self.changed(pipeline)
        return pipeline

    def remove(self, name: str) -> None:
        """Forget a pipeline and its versions; nothing happens if it is not there."""
        with self._lock:
            pipeline = self._pipelines.pop(name, None)
            if pipeline is None:
                return
            gone = [key for key in self._versions if key[0] == name]
            with self._database.change() as change:
                change.remove("pipelines", name)
                for _, version in gone:
                    change.remove("versions", f"{name}:{version}")
            for key in gone:
                del self._versions[key]
        self.removed(pipeline)
