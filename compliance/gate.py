"""The gate: rule packs and house rules run inside one synthesis, and no finding passes without its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks

from compliance import house_rules
from compliance.findings import NIST_REPORT, read
from portal_stage.acknowledgements import Acknowledgement, acknowledged


def packs() -> list[cdk.IPolicyValidationPlugin]:
    """What every finding of is mended or acknowledged."""
    return [AwsSolutionsChecks(), PCIDSS321Checks()]


def judge(
    folder: Path,
    build: Callable[[cdk.App], object],
    plugins: Sequence[cdk.IPolicyValidationPlugin] | None = None,
) -> list[str]:
    """Synthesize what `build` puts into an app of its own, into this folder; answers the gate's problems with it."""
    context = {"aws:cdk:disable-creation-stack-traces": True}
    app = cdk.App(analytics_reporting=False, context=context, outdir=str(folder))
    gate = Gate(app, plugins)
    build(app)
    app.synth()
    return gate.problems(folder)


class Gate:
    """Watches an app from before its constructs are made until after its synthesis.

    `places`: where to acknowledge a finding about a construct that no file of ours makes, by a part of its path.
    """

    def __init__(
        self,
        app: cdk.App,
        plugins: Sequence[cdk.IPolicyValidationPlugin] | None = None,
        *,
        places: Mapping[str, str] | None = None,
    ) -> None:
        # CDK stops at errors and lets warnings pass: here the report is read and judged as a whole.
        app.node.set_context("@aws-cdk/core:failSynthOnValidationErrors", False)
        self._app = app
        self._places = places or {}
        cdk.Validations.of(app).add_plugins(*(packs() if plugins is None else plugins), house_rules.plugin())

    def problems(self, assembly: Path) -> list[str]:
        """One sentence for each finding that nobody acknowledged and each acknowledgement that excuses nothing."""
        report = read(assembly)
        used = {Acknowledgement(excused.rule, excused.path) for excused in report.acknowledged}
        unused = acknowledged(self._app) - used
        return [
            *report.failures,
            *(
                f"{finding.path}: {finding.description} Mend it, or acknowledge {finding.rule!r} with its reason "
                f"{self._place(finding.path)}"
                for finding in report.findings
            ),
            *(
                f"{excuse.path}: {excuse.rule!r} is acknowledged and excuses nothing: take it away"
                for excuse in sorted(unused, key=lambda excuse: (excuse.path, excuse.rule))
            ),
        ]

    def _place(self, path: str) -> str:
        found = (place for part, place in self._places.items() if part in path)
        return next(found, "by acknowledge() beside the construct")

    def report_nist(self, assembly: Path) -> None:
        """Write what NIST 800-53 R5 finds beside the templates; it never fails."""
        found = NIST80053R5Checks().validate_scope(self._app)
        rules = {
            violation.rule_name: {
                "description": violation.description,
                "constructs": sorted(place.construct_path or "" for place in violation.violating_resources),
            }
            for violation in found.violations
        }
        (assembly / NIST_REPORT).write_text(
            json.dumps(rules, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
