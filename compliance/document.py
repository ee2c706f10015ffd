"""`docs/compliance.md`, from what one checked synthesis left in its assembly."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from compliance import house_rules, pci_dss
from compliance.findings import BASELINE, NIST_REPORT, Excused, read

_PACK = "PCI.DSS.321::PCI.DSS.321-"
_INTRODUCTION = """# Compliance

Written by `make compliance`; a test holds it to the templates. Change the constructs, not this file.

`make synth`, which is also the pipeline's Build, checks every template of every environment inside the synthesis:
AWS Solutions and PCI DSS 3.2.1 ([cdk-nag](https://github.com/cdklabs/cdk-nag)), the house rules below, and CDK's own
validator; so it does the stack that `make bootstrap` deploys to every account. A finding is mended, or acknowledged
beside its construct by `acknowledge(construct, rule, reason=...)`; any other fails the build, warnings too, and so does
an acknowledgement that excuses nothing. The assembly keeps the evidence: `validation-report.json`, that of the account
baseline in a folder of its own, and `nist-800-53-r5.json`, which never fails.

What no rule here can show, and an assessor will ask for: audit logs of twelve months (PCI DSS 4.0, 10.5.1). The
request fixes the portal's logs at 7 to 14 days, so a bank sends them on to its log archive; CloudTrail, GuardDuty and
AWS Config belong to the landing zone of the account, not to the portal.
"""

_PCI_DSS = """The rules of the pack that concern what is deployed here. Their controls are those that cdk-nag names; the
requirements of 4.0 are those with the same subject, by the wording of the two standards (PCI SSC: *Summary of Changes
from PCI DSS Version 3.2.1 to 4.0*). Deciding what is in scope is an assessor's work.
"""


def render(assembly: Path) -> str:
    """The document for the assembly in this folder, synthesized with the gate."""
    acknowledged = read(assembly).acknowledged + read(assembly / BASELINE).acknowledged
    sections = (
        _INTRODUCTION,
        "## Acknowledged findings\n",
        *_acknowledged(acknowledged),
        "## House rules\n",
        *_house_rules(),
        "## From PCI DSS 3.2.1 to 4.0\n",
        _PCI_DSS,
        *_pci_dss(acknowledged),
        "## NIST 800-53 R5, reported only\n",
        *_nist(assembly),
    )
    return "\n".join(sections).rstrip("\n") + "\n"


def _acknowledged(excuses: tuple[Excused, ...]) -> Iterator[str]:
    """One row for each reason: the places together where it excuses the same rules."""
    rules: dict[tuple[str, str], set[str]] = defaultdict(set)
    for excuse in excuses:
        rules[_place(excuse.path), excuse.reason].add(_anywhere(excuse.rule))
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (place, reason), excused in sorted(rules.items()):
        rows[reason, tuple(sorted(excused))].append(place)
    yield from ("| Where | Rules | Why it stands |", "|---|---|---|")
    for (reason, ids), places in rows.items():
        yield f"| {'<br>'.join(places)} | {'<br>'.join(f'`{rule}`' for rule in ids)} | {reason} |"
    yield ""


def _house_rules() -> Iterator[str]:
    yield from ("| Rule | File | What it holds |", "|---|---|---|")
    for file in house_rules.files():
        text = file.read_text(encoding="utf-8")
        summary = text.partition("\n")[0].removeprefix("# ")
        for rule in re.findall(r"^rule (\w+)", text, re.MULTILINE):
            yield f"| `{rule}` | `compliance/rules/{file.name}` | {summary} |"
    yield ""


def _pci_dss(excuses: tuple[Excused, ...]) -> Iterator[str]:
    stand = {excuse.rule.removeprefix(_PACK) for excuse in excuses}
    yield from ("| Rule | 3.2.1 | 4.0 | Here |", "|---|---|---|---|")
    for rule, controls in pci_dss.CONTROLS.items():
        state = "acknowledged in places" if rule in stand else "met"
        yield f"| `{rule}` | {', '.join(controls)} | {pci_dss.requirements(rule)} | {state} |"
    yield from ("", "| 3.2.1 | 4.0 | Subject |", "|---|---|---|")
    for control, (requirement, subject) in pci_dss.REQUIREMENTS.items():
        yield f"| {control} | {requirement} | {subject} |"
    yield ""


def _nist(assembly: Path) -> Iterator[str]:
    found = json.loads((assembly / NIST_REPORT).read_text(encoding="utf-8"))
    yield from ("| Rule | What it found |", "|---|---|")
    for rule, finding in found.items():
        yield f"| `{rule}` | {finding['description'].partition(' - (Control')[0]} |"


def _place(path: str) -> str:
    """A construct's path without its environment: `pipeline-tools/dev/Data/Aurora` is `environment: Data/Aurora`."""
    tools, _, below = path.partition("/")
    if tools == BASELINE:
        return f"every account: {below}"
    stage, _, inside = below.partition("/")
    if inside.startswith(("Foundation", "Data", "Portal")):
        return f"environment: {inside}"
    if stage and not below[0].isupper() and not inside:
        return "environment"
    return f"pipeline: {below}" if below else tools


def _anywhere(rule: str) -> str:
    """A rule's id without the account that its wildcard names, so that environments share a row."""
    return re.sub(r"\b\d{12}\b", "{account}", rule)
