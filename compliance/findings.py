"""What the validation of a synthesis found, read from the report that CDK leaves in the assembly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPORT = "validation-report.json"
NIST_REPORT = "nist-800-53-r5.json"
# Where in the assembly the gate leaves the stack that `make bootstrap` deploys, with its own report.
BASELINE = "account-baseline"


@dataclass(frozen=True)
class Finding:
    """A rule, by its whole id, that a construct breaks."""

    rule: str
    description: str
    path: str


@dataclass(frozen=True)
class Excused:
    """An acknowledged rule: where the acknowledgement stands, why, and the constructs whose findings it excuses."""

    rule: str
    description: str
    reason: str
    path: str
    constructs: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Everything of one synthesis; `failures` are plugins that could not do their work."""

    findings: tuple[Finding, ...]
    acknowledged: tuple[Excused, ...]
    failures: tuple[str, ...]


def read(assembly: Path) -> Report:
    """The report of the assembly in this folder.

    Raises:
        FileNotFoundError: when the assembly was synthesized without validation.
    """
    plugins = json.loads((assembly / REPORT).read_text(encoding="utf-8"))["pluginReports"]
    return Report(
        findings=tuple(
            Finding(_whole_id(plugin, violation), violation["description"], construct["constructPath"])
            for plugin in plugins
            for violation in plugin["violations"]
            for construct in violation["violatingConstructs"]
        ),
        acknowledged=tuple(
            Excused(
                violation["acknowledgedId"],
                violation["description"],
                violation["reason"],
                violation["acknowledgedAt"],
                tuple(construct["constructPath"] for construct in violation["violatingConstructs"]),
            )
            for plugin in plugins
            for violation in plugin.get("suppressedViolations", [])
        ),
        failures=tuple(
            f"{plugin['pluginName']}: {plugin['metadata']['error']}"
            for plugin in plugins
            if plugin["conclusion"] == "failure" and "error" in plugin.get("metadata", {})
        ),
    )


def _whole_id(plugin: dict[str, Any], violation: dict[str, Any]) -> str:
    """As an acknowledgement has to name it: the plugin, then the rule."""
    rule: str = violation["ruleName"]
    return rule if "::" in rule.partition("[")[0] else f"{plugin['pluginName'].replace(' ', '-')}::{rule}"
