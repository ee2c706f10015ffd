"""What starts executions by itself: pushes to the branch that a pipeline watches, and a pipeline's creation."""

import logging
import threading

from .book import Book
from .conductor import Conductor
from .errors import ActionFailed, DeliveryError
from .pipelines import DeployedPipeline, Pipelines
from .source import SourceRepository

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.25
_STOP_SECONDS = 20


class Triggers:
    """Starts the pipelines whose branch was pushed to, in the order of the pushes."""

    def __init__(
        self, conductor: Conductor, *, book: Book, pipelines: Pipelines, repository: SourceRepository
    ) -> None:
        self._conductor, self._book = conductor, book
        self._pipelines, self._repository = pipelines, repository
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def watch(self) -> None:
        """Start noticing pushes, within a quarter of a second of each."""
        self._watcher = threading.Thread(target=self._watch, name="pushes", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Notice nothing any more. May be called twice."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join(_STOP_SECONDS)

    def notice_pushes(self, but: str | None = None) -> None:
        """Start the pipelines that watch the pushed branches, all but one."""
        with self._conductor.lock:
            if self._stopping.is_set():
                return
            pushes = self._repository.new_pushes()
            for push in pushes:
                for name in self._pipelines.names():
                    pipeline = self._pipelines.get(name)
                    if name != but and pipeline.structure.branch == push.branch:
                        self._start(pipeline, "WebhookV2", push.revision)
            if pushes:
                self._repository.acknowledge()

    def changed(self, pipeline: DeployedPipeline) -> None:
        """A pipeline was made or changed: it runs, unless it is running and will notice by itself."""
        with self._conductor.lock:
            if self._stopping.is_set() or self._book.running(pipeline.name):
                return
            if pipeline.version > 1 and not pipeline.restart_on_update:
                return
            self.notice_pushes(but=pipeline.name)  # what was pushed until now is what it starts with
            if self._repository.head(pipeline.structure.branch):
                trigger = "CreatePipeline" if pipeline.version == 1 else "StartPipelineExecution"
                self._start(pipeline, trigger)

    def _start(self, pipeline: DeployedPipeline, trigger: str, revision: str | None = None) -> None:
        try:
            self._conductor.start(pipeline, revision=revision, trigger=trigger)
        except (DeliveryError, ActionFailed) as error:
            _log.warning("%s starts no execution of '%s': %s", trigger, pipeline.name, error)

    def _watch(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            try:
                self.notice_pushes()
            except Exception:  # without its watcher the service would notice no push any more
                _log.exception("pushes")
