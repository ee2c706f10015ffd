"""CodePipeline's operations on pipelines as such: their declarations, stages, transitions and tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from .book import Book
from .conductor import Conductor
from .errors import DeliveryError, StageNotFoundError
from .pipelines import DeployedPipeline, Pipelines
from .structure import Stage, checked
from .tags import Tags
from .transitions import INBOUND, OUTBOUND, StageView, Transitions


class PipelineOperations:
    """The part of the engine that stands behind CodePipeline's API and is not about single executions."""

    _book: Book
    _conductor: Conductor
    _pipelines: Pipelines
    _tags: Tags
    _transitions: Transitions

    def list_pipelines(self) -> list[DeployedPipeline]:
        """All deployed pipelines, of all accounts, by name."""
        return [self._pipelines.get(name) for name in self._pipelines.names()]

    def get_pipeline(self, name: str, version: int | None = None) -> DeployedPipeline:
        """The pipeline as it is deployed now, or as a version of it was.

        Raises PipelineNotFoundError and PipelineVersionNotFoundError.
        """
        if version is not None:
            return self._pipelines.version(name, version)
        return self._pipelines.get(name)

    def update_pipeline(self, declaration: Mapping[str, Any]) -> DeployedPipeline:
        """Change a pipeline to this declaration of the API's; its version counts up, running executions keep theirs.

        Raises PipelineNotFoundError, and InvalidStructureError with every breach of CodePipeline's rules.
        """
        before = self._pipelines.get(declaration["name"])
        return self._pipelines.put(
            account=before.account,
            region=before.region,
            declaration=checked(declaration),
            restart_on_update=before.restart_on_update,
        )

    def get_pipeline_state(self, pipeline: str) -> list[StageView]:
        """Each stage of the pipeline as it is now: who was in it last, who waits in front of it, its transition.

        Raises PipelineNotFoundError.
        """
        return [
            StageView(
                name=stage.name,
                latest=self._book.latest(pipeline, stage.name),
                waiting=self._conductor.waiting(pipeline, stage.name),
                inbound=self._transitions.get(pipeline, stage.name),
            )
            for stage in self._pipelines.get(pipeline).structure.stages
        ]

    def disable_stage_transition(
        self, pipeline: str, stage: str, kind: str, *, reason: str, by: str | None = None
    ) -> None:
        """Let no execution into the stage (`kind` is Inbound) or out of it (Outbound) until it is enabled again.

        Raises PipelineNotFoundError and StageNotFoundError.
        """
        self._set_transition(pipeline, stage, kind, reason, by)

    def enable_stage_transition(self, pipeline: str, stage: str, kind: str, *, by: str | None = None) -> None:
        """Undo disable_stage_transition; whoever waits goes on. Raises as that does."""
        self._set_transition(pipeline, stage, kind, None, by)

    def list_tags(self, arn: str) -> dict[str, str]:
        """The tags of a pipeline. Raises ResourceNotFoundError."""
        return self._tags.of(self._pipelines.by_arn(arn).arn)

    def tag_resource(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add or change tags of a pipeline. Raises ResourceNotFoundError and TooManyTagsError (50)."""
        self._tags.add(self._pipelines.by_arn(arn).arn, tags)

    def untag_resource(self, arn: str, keys: Iterable[str]) -> None:
        """Take tags off a pipeline; keys that it does not have are passed over. Raises ResourceNotFoundError."""
        self._tags.drop(self._pipelines.by_arn(arn).arn, keys)

    def _stage(self, pipeline: str, stage: str) -> Stage:
        for declared in self._pipelines.get(pipeline).structure.stages:
            if declared.name == stage:
                return declared
        raise StageNotFoundError(f"the pipeline '{pipeline}' has no stage '{stage}'")

    def _set_transition(
        self, pipeline: str, stage: str, kind: str, reason: str | None, by: str | None
    ) -> None:
        self._stage(pipeline, stage)
        if kind not in (INBOUND, OUTBOUND):
            raise DeliveryError(f"transition type '{kind}': use {INBOUND} or {OUTBOUND}")
        self._transitions.set(pipeline, stage, kind, enabled=reason is None, reason=reason, by=by)
