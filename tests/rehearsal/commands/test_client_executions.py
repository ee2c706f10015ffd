"""What AWS's answers say of an execution: a stage's state follows from those of its actions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rehearsal.client.executions import of_summary, stages


def declared(*names: str) -> list[dict[str, Any]]:
    """One stage of actions with ascending run orders, as GetPipeline has it."""
    actions = [
        {"name": name, "actionTypeId": {"category": "Build", "provider": "CodeBuild"}, "runOrder": number}
        for number, name in enumerate(names, start=1)
    ]
    return [{"name": "Test", "actions": actions}]


def ran(name: str, status: str, *, at: int = 0, **more: Any) -> dict[str, Any]:
    """A detail of ListActionExecutions, of an action that took two seconds."""
    start, end = (datetime.fromtimestamp(seconds, UTC) for seconds in (at, at + 2))
    return {
        "stageName": "Test",
        "actionName": name,
        "status": status,
        "startTime": start,
        "lastUpdateTime": end,
        **more,
    }


@pytest.mark.parametrize(
    ("statuses", "execution", "expected"),
    [
        ([], "InProgress", None),
        (["InProgress"], "InProgress", "InProgress"),
        (["Succeeded"], "InProgress", "InProgress"),
        (["Succeeded"], "Cancelled", "Cancelled"),
        (["Succeeded", "Succeeded"], "InProgress", "Succeeded"),
        (["Succeeded", "Failed"], "Failed", "Failed"),
        (["Failed", "InProgress"], "InProgress", "InProgress"),
        (["Abandoned"], "Stopped", "Stopped"),
    ],
)
def test_a_stage_is_what_its_actions_are(statuses: list[str], execution: str, expected: str | None) -> None:
    details = [ran(name, status) for name, status in zip("ab", statuses, strict=False)]
    (stage,) = stages(declared("a", "b"), details, execution)
    assert stage.status == expected


def test_of_an_action_that_was_retried_the_last_run_counts() -> None:
    details = [ran("a", "Succeeded", at=10), ran("a", "Failed", at=0)]
    (stage,) = stages(declared("a"), details, "Succeeded")
    assert (stage.status, stage.started, stage.ended) == ("Succeeded", 10, 12)


def test_an_action_at_work_has_no_end() -> None:
    (stage,) = stages(declared("a"), [ran("a", "InProgress")], "InProgress")
    assert (stage.actions[0].ended, stage.ended) == (None, None)


def test_an_error_and_the_filled_in_configuration_are_taken_over() -> None:
    output = {"executionResult": {"errorDetails": {"code": "JobFailed", "message": "no such stack"}}}
    given = {"configuration": {"StackName": "#{a.b}"}, "resolvedConfiguration": {"StackName": "dev"}}
    (stage,) = stages(declared("a"), [ran("a", "Failed", output=output, input=given)], "Failed")
    assert stage.actions[0].error == "no such stack"
    assert stage.actions[0].configuration == {"StackName": "dev"}


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        ("Fix it\n\nbecause", "Fix it"),
        ('{"ProviderType": "GitHub", "CommitMessage": "Fix it\\nnow"}', "Fix it"),
        ("{not JSON", "{not JSON"),
    ],
)
def test_the_message_is_the_commits_first_line(summary: str, message: str) -> None:
    now = datetime.now(UTC)
    execution = of_summary(
        "delivery",
        {
            "pipelineExecutionId": "5f0c",
            "status": "Succeeded",
            "startTime": now,
            "lastUpdateTime": now,
            "sourceRevisions": [{"revisionId": "c0ffee", "revisionSummary": summary}],
        },
    )
    assert (execution.message, execution.revision) == (message, "c0ffee")
