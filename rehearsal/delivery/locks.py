"""Who may be in a stage: one execution at a time, the others wait in front of it."""

import threading
from collections import defaultdict
from collections.abc import Callable

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

    def enter(self, stage: str, execution: str) -> bool:
        """Go into a stage past all who wait; whether it was free."""
        with self._changed:
            free = self._inside.get(stage, execution) == execution
            if free:
                self._inside[stage] = execution
            return free

    def waiting(self, stage: str) -> tuple[str, ...]:
        """Who stands in front of a stage, the next one first."""
        with self._changed:
            return tuple(self._queues[stage])

    def wait(
        self, stage: str, execution: str, *, mode: str, halted: threading.Event, open_: Callable[[], bool]
    ) -> bool:
        """Wait for one's turn, and for the stage to be open, and enter; False if the execution was halted.

        Raises SupersededError.
        """
        with self._changed:
            while True:
                if self._inside.get(stage) == execution:
                    return True
                if halted.is_set():
                    return False
                queue = self._queues[stage]
                if execution not in queue:
                    raise SupersededError
                turn = mode == "PARALLEL" or (stage not in self._inside and queue[0] == execution)
                if turn and open_():
                    queue.remove(execution)
                    if mode != "PARALLEL":
                        self._inside[stage] = execution
                    return True
                self._changed.wait(_TICK)

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
