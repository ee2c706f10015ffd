"""Executions as CodePipeline's answers tell them: a stage's state follows from those of its actions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ENDED = ("Succeeded", "Failed", "Stopped", "Superseded", "Cancelled")


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action's latest run in an execution. Times are seconds since the epoch; `status` is None before it starts.

    `external_id` is the provider's, for example a build's id; `configuration` has its variables filled in.
    """

    name: str
    category: str
    provider: str
    run_order: int
    status: str | None = None
    started: float | None = None
    ended: float | None = None
    summary: str | None = None
    error: str | None = None
    external_id: str | None = None
    configuration: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of one execution; `status` is None before the execution enters it."""

    name: str
    actions: tuple[Action, ...]
    status: str | None = None

    @property
    def started(self) -> float | None:
        """When its first action started."""
        return min((a.started for a in self.actions if a.started is not None), default=None)

    @property
    def ended(self) -> float | None:
        """When its last action ended; None while the stage is at work."""
        if self.status not in ENDED:
            return None
        return max((a.ended for a in self.actions if a.ended is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run of a pipeline. `revision` is the source's commit and `message` its first line."""

    id: str
    pipeline: str
    status: str
    trigger: str
    revision: str
    message: str
    started: float
    ended: float | None = None
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PendingApproval:
    """An approval that waits. `custom_data` and `url` are what the action shows to the reviewer."""

    pipeline: str
    stage: str
    action: str
    token: str
    execution_id: str
    custom_data: str
    url: str


def of_summary(pipeline: str, summary: Mapping[str, Any]) -> Execution:
    """An execution without its stages, of a member of ListPipelineExecutions' answer."""
    source: Mapping[str, Any] = next(iter(summary.get("sourceRevisions", [])), {})
    return Execution(
        id=summary["pipelineExecutionId"],
        pipeline=pipeline,
        status=summary["status"],
        trigger=summary.get("trigger", {}).get("triggerType", ""),
        revision=source.get("revisionId", ""),
        message=_message(source.get("revisionSummary", "")),
        started=_seconds(summary["startTime"]),
        ended=_seconds(summary["lastUpdateTime"]) if summary["status"] in ENDED else None,
    )


def stages(
    declared: Sequence[Mapping[str, Any]], ran: Sequence[Mapping[str, Any]], status: str
) -> tuple[Stage, ...]:
    """The stages of an execution.

    `declared` are GetPipeline's stages, `ran` ListActionExecutions' details of one execution in any order, and
    `status` is that execution's.
    """
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for detail in sorted(ran, key=lambda detail: _seconds(detail["startTime"])):
        latest[detail["stageName"], detail["actionName"]] = detail
    made = []
    for stage in declared:
        in_order = sorted(stage["actions"], key=lambda action: action.get("runOrder", 1))
        actions = tuple(_action(action, latest.get((stage["name"], action["name"]))) for action in in_order)
        made.append(Stage(name=stage["name"], actions=actions, status=_stage_status(actions, status)))
    return tuple(made)


def _action(declared: Mapping[str, Any], detail: Mapping[str, Any] | None) -> Action:
    known = {
        "name": declared["name"],
        "category": declared["actionTypeId"]["category"],
        "provider": declared["actionTypeId"]["provider"],
        "run_order": declared.get("runOrder", 1),
    }
    if detail is None:
        return Action(**known, configuration=declared.get("configuration", {}))
    given = detail.get("input", {})
    result = detail.get("output", {}).get("executionResult", {})
    return Action(
        **known,
        status=detail["status"],
        started=_seconds(detail["startTime"]),
        ended=None if detail["status"] == "InProgress" else _seconds(detail["lastUpdateTime"]),
        summary=result.get("externalExecutionSummary"),
        error=result.get("errorDetails", {}).get("message"),
        external_id=result.get("externalExecutionId"),
        configuration=given.get("resolvedConfiguration") or given.get("configuration", {}),
    )


def _stage_status(actions: Sequence[Action], execution: str) -> str | None:
    statuses = {action.status for action in actions}
    if statuses == {None}:
        return None
    for status, shown in (("InProgress", "InProgress"), ("Failed", "Failed"), ("Abandoned", "Stopped")):
        if status in statuses:
            return shown
    # What has run succeeded: either all of it has, or the rest is still to come, unless the execution is over.
    return execution if None in statuses else "Succeeded"


def _message(summary: str) -> str:
    """The first line of a commit's message, which a source connection wraps into JSON."""
    if summary.startswith("{"):
        try:
            summary = str(json.loads(summary).get("CommitMessage", ""))
        except ValueError:
            return summary
    return summary.split("\n")[0]


def _seconds(time: datetime) -> float:
    return time.timestamp()
