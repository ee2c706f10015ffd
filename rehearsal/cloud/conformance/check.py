"""The check of one deployed stack."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..emulator import REGION
from ..registry import Properties
from ..types.row import Occasion
from .comparing import differences
from .readback import ReadBack, Reading
from .rows import ROWS

_BY_TYPE: dict[str, ReadBack] = {row.type: row for row in ROWS}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A property that the emulator ignored, or keeps otherwise than declared."""

    stack: str
    logical_id: str
    type: str
    property: str
    paths: tuple[str, ...]
    declared: Any
    described: Any

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id} ({self.type}): ignored {', '.join(self.paths)}"


@dataclass(kw_only=True)
class Report:
    """What a check found: `compared` counts properties, `not_compared` resources by type."""

    findings: list[Finding] = field(default_factory=list)
    compared: int = 0
    not_compared: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Report") -> None:
        """Takes in what another stack's check found."""
        self.findings += other.findings
        self.compared += other.compared
        self.not_compared += other.not_compared

    def dropped(self) -> Counter[str]:
        """How often each property was ignored, by its type and path."""
        return Counter(f"{finding.type} {path}" for finding in self.findings for path in finding.paths)


def check_stack(name: str, *, account: str) -> Report:
    """Compares every property of every resource of the stack, with intrinsic functions resolved.

    Raises KeyError if the account has no stack of that name.
    """
    from ministack.core.responses import request_scope
    from ministack.services.cloudformation import _stacks

    report = Report()
    with request_scope(account, REGION):
        for logical_id, resource in _stacks[name]["_resources"].items():
            _check_resource(report, name, logical_id, resource)
    return report


def _check_resource(report: Report, stack: str, logical_id: str, resource: dict[str, Any]) -> None:
    row = _BY_TYPE.get(resource["ResourceType"])
    if row is None:
        report.not_compared[resource["ResourceType"]] += 1
        return
    declared: Properties = resource["Properties"]
    occasion = Occasion(
        logical_id=logical_id,
        stack_name=stack,
        properties=declared,
        id=resource["PhysicalResourceId"],
    )
    reading = Reading(row, occasion)
    for name, value in declared.items():
        if name in row.unread:
            continue
        report.compared += 1
        described = reading.value(name)
        paths = tuple(differences(value, described, name))
        if paths:
            report.findings.append(
                Finding(
                    stack=stack,
                    logical_id=logical_id,
                    type=row.type,
                    property=name,
                    paths=paths,
                    declared=value,
                    described=described,
                )
            )
