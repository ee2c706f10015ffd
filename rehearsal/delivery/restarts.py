"""Pipelines that change under their executions (RestartExecutionOnUpdate): which start anew, and which have."""

from .book import Book
from .pipelines import DeployedPipeline, Pipelines
from .state import Execution


class Restarts:
    """What the book of executions and the deployed pipelines tell of restarts."""

    def __init__(self, book: Book, pipelines: Pipelines) -> None:
        self._book, self._pipelines = book, pipelines

    def changed(self, pipeline: DeployedPipeline) -> DeployedPipeline | None:
        """What a pipeline has become, if its executions start anew because of it. Raises PipelineNotFoundError."""
        return self._since(pipeline.name, pipeline.version)

    def happened(self, pipeline: DeployedPipeline) -> bool:
        """Whether this version of the pipeline has been started in the place of the one before it."""
        return any(
            e.restarted and (e.pipeline, e.version) == (pipeline.name, pipeline.version)
            for e in self._book.executions()
        )

    def took_place_of(self, execution: Execution) -> bool:
        """Whether a change of the pipeline has put another execution in the place of a waiting one."""
        changed = self._since(execution.pipeline, execution.version)
        return changed is not None and self.happened(changed)

    def _since(self, name: str, version: int) -> DeployedPipeline | None:
        now = self._pipelines.get(name)
        return now if now.version != version and now.restart_on_update else None
