"""Snapshots that nobody asks for: whenever a stack has been changed by hand or from a shell, and now and then."""

import logging
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from . import stores

if TYPE_CHECKING:
    from .server import Cloud

_LOOK_SECONDS = 0.5
_EVERY_SECONDS = 30.0
_log = logging.getLogger(__name__)


class Autosave:
    """While entered, the running cloud is written down when the last stack has settled, and every half minute."""

    def __init__(self, cloud: "Cloud") -> None:
        self._cloud = cloud
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="autosave", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        changing, waited = False, 0.0
        while not self._ended.wait(_LOOK_SECONDS):
            waited += _LOOK_SECONDS
            before, changing = changing, bool(stores.unsettled())
            if changing or not (before or waited >= _EVERY_SECONDS):
                continue
            try:
                self._cloud.snapshot()
            except Exception:  # the next one may succeed, and the end of an action asks for one aloud
                _log.exception("no snapshot")
            waited = 0.0
