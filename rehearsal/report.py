"""The outcome of a rehearsal: `report.json` for programs, a summary for people, one verdict for the exit code."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rehearsal.client.executions import Execution
from rehearsal.display import plain, seconds
from rehearsal.verdicts import Verdict


@dataclass(kw_only=True)
class Report:
    """What a run showed. `parts` are seconds by what took them; `problems` say why a run is not green."""

    commit: str
    parts: dict[str, float] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    tests: list[Verdict] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    not_rehearsed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def green(self) -> bool:
        """Every stage succeeded, and every environment's tests ran and passed."""
        return bool(self.stages) and not self.problems

    @property
    def environments(self) -> list[str]:
        """The stages that deploy: each is an environment whose tests must have run."""
        return [
            stage["name"]
            for stage in self.stages
            if any(action["provider"] == "CloudFormation" for action in stage["actions"])
        ]

    def add_execution(self, execution: Execution) -> None:
        """Take over the stages; a stage that did not succeed is a problem with its action's error."""
        for stage in execution.stages:
            actions = [
                {"name": a.name, "provider": a.provider, "status": a.status, "seconds": _rounded(seconds(a))}
                for a in stage.actions
            ]
            spent = _rounded(seconds(stage))
            self.stages.append(
                {"name": stage.name, "status": stage.status, "seconds": spent, "actions": actions}
            )
            errors = [f"{stage.name} / {a.name}: {a.error}" for a in stage.actions if a.status == "Failed"]
            self.problems += errors
            if stage.status == "Failed" and not errors:
                self.problems.append(f"{stage.name} failed")
        if execution.status != "Succeeded":
            self.problems.append(f"the pipeline execution ended as {execution.status}")

    def add_tests(self, verdicts: list[Verdict]) -> None:
        """Take over the tests; an environment without tests, a failure and a skip are problems."""
        self.tests += verdicts
        for environment in self.environments:
            if not any(verdict.environment == environment for verdict in verdicts):
                self.problems.append(f"no test ran against {environment}")
        self.problems += [
            f"{v.environment}, {v.door}: {v.passed} passed, {v.failed} failed, {v.skipped} skipped"
            for v in verdicts
            if not v.green
        ]

    def as_json(self) -> str:
        """Everything, `green` included."""
        return json.dumps({"green": self.green, **asdict(self)}, indent=2)

    def write(self, path: Path) -> None:
        """Write the JSON to a file, whole or not at all."""
        fresh = path.with_suffix(".new")
        fresh.write_text(self.as_json() + "\n")
        fresh.replace(path)

    def print(self, console: Console) -> None:
        """The summary at the end of a run."""
        doors = Table(title="Tests of the deployed portals", title_justify="left", box=None, pad_edge=False)
        for column in ("environment", "door", "passed", "failed", "skipped", "seconds"):
            doors.add_column(column, justify="left" if column in ("environment", "door") else "right")
        for v in self.tests:
            row = (v.environment, v.door, *(str(n) for n in (v.passed, v.failed, v.skipped, v.seconds)))
            doors.add_row(*row, style="" if v.green else "red")
        console.print(doors)
        console.print(
            "\n[bold]Seconds[/bold]  "
            + ", ".join(f"{name} {spent:.0f}" for name, spent in self.parts.items())
        )
        _listed(console, "Properties the local AWS ignored", self.dropped)
        _listed(console, "Not rehearsed: seen only on AWS", self.not_rehearsed)
        for problem in self.problems:
            console.print(Text.assemble(("✗", "red"), " ", plain(problem)), highlight=False, soft_wrap=True)
        if self.green:
            console.print(
                "\n[bold green]Green:[/bold green] every stage succeeded, every environment answered."
            )
        else:
            console.print("\n[bold red]Not green.[/bold red]")


def _listed(console: Console, title: str, lines: list[str], most: int = 15) -> None:
    if not lines:
        return
    console.print(f"\n[bold]{title}[/bold]")
    for line in lines[:most]:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    if len(lines) > most:
        console.print(f"  and {len(lines) - most} more in report.json", highlight=False)


def _rounded(spent: float | None) -> float | None:
    return None if spent is None else round(spent, 1)
