"""What the portal's tests said: JUnit files read into counts by environment and door."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from rehearsal.client.executions import Execution


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The tests of one file (a door) in one environment: numbers of tests by outcome, and seconds."""

    environment: str
    door: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    @property
    def green(self) -> bool:
        """Something ran, nothing failed, and nothing was left out."""
        return self.passed > 0 and not self.failed and not self.skipped


def reported(state: Path, execution: Execution) -> list[Verdict]:
    """What the JUnit files say that the builds of each stage handed in, below the rehearsal's folder `state`."""
    return [
        verdict
        for stage in execution.stages
        for action in stage.actions
        for file in sorted(
            (state / "reports" / execution.id[:8] / f"{stage.name}.{action.name}").rglob("*.xml")
        )
        for verdict in read_verdicts(file, stage.name)
    ]


def read_verdicts(report: Path, environment: str) -> list[Verdict]:
    """Verdicts by door, in the order of the file. Raises ElementTree.ParseError if it is no XML."""
    doors: dict[str, list[ElementTree.Element]] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  written on this machine
        parts = case.get("classname", "").split(".")
        door = next((part for part in parts if part.startswith("test_")), parts[0])
        doors.setdefault(door.removeprefix("test_").replace("_", " "), []).append(case)
    return [_verdict(environment, door, cases) for door, cases in doors.items()]


def _verdict(environment: str, door: str, cases: list[ElementTree.Element]) -> Verdict:
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Verdict(
        environment=environment,
        door=door,
        passed=len(cases) - failed - skipped,
        failed=failed,
        skipped=skipped,
        seconds=round(sum(float(case.get("time", 0)) for case in cases), 1),
    )
