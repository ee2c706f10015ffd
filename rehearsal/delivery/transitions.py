"""Whether executions may pass into a stage, and out of it: what an operator disables to hold a release back."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from .database import Database
from .pipelines import DeployedPipeline
from .state import Execution

INBOUND, OUTBOUND = "Inbound", "Outbound"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """The way into a stage. `reason` and `changed_by` (an ARN) are of the last change, `changed` its time in
    seconds since the epoch; None where nobody ever changed it."""

    enabled: bool = True
    reason: str | None = None
    changed: float | None = None
    changed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class StageView:
    """A stage as it is now, over all executions of the pipeline.

    `latest` is the execution that entered it last, None before the first; the ids in `waiting` stand in front of
    it, the next one first.
    """

    name: str
    latest: Execution | None
    waiting: tuple[str, ...]
    inbound: Transition


@dataclass(frozen=True, kw_only=True)
class _Kept:
    pipeline: str
    stage: str
    kind: str
    transition: Transition

    @property
    def place(self) -> tuple[str, str, str]:
        return self.pipeline, self.stage, self.kind


class Transitions:
    """The transitions of all pipelines; those that nobody has changed are enabled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept = {kept.place: kept for kept in database.all("transitions", _Kept)}

    def get(self, pipeline: str, stage: str, kind: str = INBOUND) -> Transition:
        """The way into the stage, or with OUTBOUND out of it."""
        with self._lock:
            kept = self._kept.get((pipeline, stage, kind))
        return kept.transition if kept else Transition()

    def set(
        self, pipeline: str, stage: str, kind: str, *, enabled: bool, reason: str | None, by: str | None
    ) -> None:
        """Enable or disable one."""
        transition = Transition(
            enabled=enabled, reason=None if enabled else reason, changed=time.time(), changed_by=by
        )
        kept = _Kept(pipeline=pipeline, stage=stage, kind=kind, transition=transition)
        with self._lock:
            with self._database.change() as change:
                change.put("transitions", "/".join(kept.place), kept)
            self._kept[kept.place] = kept

    def are_open(self, pipeline: DeployedPipeline, stage: str) -> bool:
        """Whether executions may pass into a stage: nobody has disabled the way into it, or out of the one before."""
        names = [declared.name for declared in pipeline.structure.stages]
        before = names[: names.index(stage)][-1:]
        ways = [(stage, INBOUND), *((name, OUTBOUND) for name in before)]
        return all(self.get(pipeline.name, name, kind).enabled for name, kind in ways)

    def declare(self, pipeline: str, disabled: Mapping[str, str]) -> None:
        """What a template says: these stages' inbound transitions (stage and reason) are disabled, others enabled."""
        with self._lock:
            known = {s for p, s, kind in self._kept if (p, kind) == (pipeline, INBOUND)}
        for stage in sorted(known | disabled.keys()):
            enabled, reason = stage not in disabled, disabled.get(stage)
            now = self.get(pipeline, stage)
            if (now.enabled, now.reason) != (enabled, reason):
                self.set(pipeline, stage, INBOUND, enabled=enabled, reason=reason, by="CloudFormation")

    def forget(self, pipeline: str) -> None:
        """The pipeline is deleted."""
        with self._lock:
            gone = [place for place in self._kept if place[0] == pipeline]
            with self._database.change() as change:
                for place in gone:
                    change.remove("transitions", "/".join(place))
            for place in gone:
                del self._kept[place]
