"""docs/compliance.md tells of the templates as they are."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import cdk_nag

from compliance import pci_dss
from compliance.__main__ import DOCUMENT
from compliance.document import render
from compliance.findings import BASELINE, read


def test_document_is_current(assembly: Path) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(assembly), "make compliance writes it anew"


def test_every_acknowledgement_stands_in_it(assembly: Path) -> None:
    text = render(assembly)
    for excused in (*read(assembly).acknowledged, *read(assembly / BASELINE).acknowledged):
        assert f"`{re.sub(r'[0-9]{12}', '{account}', excused.rule)}`" in text
        assert excused.reason in text


def test_the_stack_of_every_account_stands_in_it(assembly: Path) -> None:
    assert read(assembly / BASELINE).findings == ()
    assert "| every account: WriteLogs |" in render(assembly)


def test_controls_are_those_that_the_pack_names() -> None:
    (package,) = (Path(cdk_nag.__file__).parent / "_jsii").glob("cdk-nag@*.tgz")
    with tarfile.open(package) as files:
        document = files.extractfile("package/RULES.md")
        assert document
        rows = dict(
            re.findall(r"^\| \[PCI\.DSS\.321-(\w+)\].*\|([^|]*)\|\s*$", document.read().decode(), re.M)
        )
    named = {rule: re.findall(r"\d+(?:\.\d+)+", rows[rule]) for rule in pci_dss.CONTROLS}
    assert named == pci_dss.CONTROLS


def test_every_control_leads_to_a_requirement_of_version_4() -> None:
    controls = {control for controls in pci_dss.CONTROLS.values() for control in controls}
    assert controls == set(pci_dss.REQUIREMENTS)


def test_requirements_are_in_their_order() -> None:
    assert pci_dss.requirements("CloudWatchLogGroupRetentionPeriod") == "3.2.1, 10.5.1"
