"""Who may be in a stage: one execution at a time, the others wait in front of it."""

import threading
from collections import defaultdict

_TICK = 0.2


class SupersededError(Exception):
    """A newer execution has arrived in front of the same stage, and the mode is SUPERSEDED."""


class StageLocks:
    """The stages of one pipeline. An execution joins the queue of a stage, waits, and leaves."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: dict[str, str] = {}
        self._queues: defaultdict[str, list[str]] = defaultdict(list)

    def join(self, stage: str, execution: str, *, mode: str) -> None:
        """Stand in front of a stage. In the mode SUPERSEDED whoever stood there gives way."""
        with self._changed:
            if mode == "SUPERSEDED":
                self._queues[stage].clear()
            self._queues[stage].append(execution)
            self._changed.notify_all()

    def wait(self, stage: str, execution: str, *, mode: str, abandoned: threading.Event) -> bool:
        """Wait for one's turn and enter; False if the execution was abandoned. Raises SupersededError."""
        with self._changed:
            while not abandoned.is_set():
                queue = self._queues[stage]
                if execution not in queue:
                    raise SupersededError
                if mode == "PARALLEL" or (stage not in self._inside and queue[0] == execution):
                    queue.remove(execution)
                    self._inside[stage] = execution
                    return True
                self._changed.wait(_TICK)
        return False

    def leave(self, stage: str, execution: str) -> None:
        """Make room for the next one."""
        with self._changed:
            if self._inside.get(stage) == execution:
                del self._inside[stage]
            self._changed.notify_all()

    def forget(self, execution: str) -> None:
        """Leave every stage and every queue, at the execution's end."""
        with self._changed:
            self._inside = {stage: inside for stage, inside in self._inside.items() if inside != execution}
            for queue in self._queues.values():
                if execution in queue:
                    queue.remove(execution)
            self._changed.notify_all()
