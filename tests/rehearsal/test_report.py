"""A report is green only if everything ran, and says of anything else what it was."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.client import Action, Execution, Stage
from rehearsal.report import Report
from rehearsal.verdicts import Verdict

PASSED = Verdict(environment="dev", door="cloudfront", passed=3, failed=0, skipped=0, seconds=1.0)


def execution(
    status: str = "Succeeded", error: str | None = None, provider: str = "CloudFormation"
) -> Execution:
    action = Action(
        name="Deploy",
        category="Deploy",
        provider=provider,
        run_order=1,
        status=status,
        started=1.0,
        ended=3.0,
        error=error,
        configuration={},
    )
    return Execution(
        id="5f0c",
        pipeline="delivery",
        status=status,
        trigger="WebhookV2",
        revision="c0ffee",
        message="a change",
        started=1.0,
        ended=3.0,
        stages=(Stage(name="dev", actions=(action,), status=status),),
    )


def report(of: Execution, *verdicts: Verdict) -> Report:
    made = Report(commit="c0ffee")
    made.add_execution(of)
    made.add_tests(list(verdicts))
    return made


def test_success_with_tests_is_green() -> None:
    made = report(execution(), PASSED)
    assert made.green
    assert made.stages[0]["actions"] == [
        {"name": "Deploy", "provider": "CloudFormation", "status": "Succeeded", "seconds": 2.0}
    ]


def test_a_stage_that_deploys_nothing_needs_no_tests() -> None:
    assert report(execution(provider="CodeBuild")).green


def test_a_report_of_nothing_is_not_green() -> None:
    assert not Report(commit="c0ffee").green


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (report(execution("Failed", "exit status 1"), PASSED), "dev / Deploy: exit status 1"),
        (report(execution("Stopped"), PASSED), "the pipeline execution ended as Stopped"),
        (report(execution()), "no test ran against dev"),
        (
            report(
                execution(),
                PASSED,
                Verdict(environment="dev", door="api", passed=1, failed=0, skipped=2, seconds=0),
            ),
            "dev, api: 1 passed, 0 failed, 2 skipped",
        ),
    ],
)
def test_what_is_not_green_is_said(made: Report, problem: str) -> None:
    assert not made.green
    assert problem in made.problems


def test_the_file_holds_the_verdict(tmp_path: Path) -> None:
    report(execution(), PASSED).write(tmp_path / "report.json")
    read = json.loads((tmp_path / "report.json").read_text())
    assert (read["green"], read["tests"][0]["door"]) == (True, "cloudfront")


def test_an_error_is_printed_as_it_is() -> None:
    console = Console(file=io.StringIO(), width=120)
    report(execution("Failed", "[bold]x[/bold] \x1b[31m"), PASSED).print(console)
    assert "✗ dev / Deploy: [bold]x[/bold] ?[31m" in console.file.getvalue()
