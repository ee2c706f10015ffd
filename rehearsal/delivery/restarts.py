"""Pipelines that change under their executions (RestartExecutionOnUpdate): which start anew, and which have."""

import logging
from collections.abc import Callable

from .book import Book
from .errors import TooManyExecutionsError
from .pipelines import DeployedPipeline, Pipelines
from .state import Execution

_log = logging.getLogger(__name__)


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

    def restart(self, pipeline: DeployedPipeline, start: Callable[..., str]) -> list[Execution]:
        """Start the changed pipeline with the newest commit of the executions that end because of the change.

        Those at work finish what they are doing. The others, which only wait for a person or a stage, are answered.
        """
        running = self._book.running(pipeline.name)
        try:
            start(pipeline, revision=running[-1].revision, trigger="StartPipelineExecution", restarted=True)
        except TooManyExecutionsError as error:
            _log.warning("no restart: %s", error)
        return [execution for execution in running if not _at_work(execution)]

    def took_place_of(self, execution: Execution) -> bool:
        """Whether a change of the pipeline has put another execution in the place of a waiting one."""
        changed = self._since(execution.pipeline, execution.version)
        return changed is not None and self.happened(changed)

    def _since(self, name: str, version: int) -> DeployedPipeline | None:
        now = self._pipelines.get(name)
        return now if now.version != version and now.restart_on_update else None


def _at_work(execution: Execution) -> bool:
    actions = [action for stage in execution.stages for action in stage.actions]
    return any(action.status == "InProgress" and action.category != "Approval" for action in actions)
