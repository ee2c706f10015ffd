"""docs/operations.md and docs/architecture.md against the portal: its alarms and its names."""

from __future__ import annotations

import re

import pytest

from portal_stage.names import LIMITS
from tests.unit.documents import CODE, ROOT, rows
from tests.unit.templates import Stage

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["unavailable", "degraded"])
def test_every_alarm_that_pages_has_a_row_and_no_other(stage: Stage, page: str) -> None:
    composite = stage.portal.one("AWS::CloudWatch::CompositeAlarm", AlarmName=f"{page}-alarm-test")
    alarms = stage.portal.resources("AWS::CloudWatch::Alarm")
    references = [part for part in composite["AlarmRule"]["Fn::Join"][1] if isinstance(part, dict)]
    paging = {
        alarms[part["Fn::GetAtt"][0]]["Properties"]["AlarmName"].removesuffix("-test")
        for part in references
        if "Fn::GetAtt" in part
    }
    if any("Fn::ImportValue" in part for part in references):
        (network,) = stage.foundation.properties("AWS::CloudWatch::CompositeAlarm")
        paging.add(network["AlarmName"].removesuffix("-test"))
    (section,) = re.findall(rf"^### {page}\n(.*?)^(?:#|```)", OPERATIONS, re.DOTALL | re.MULTILINE)
    assert sorted(row[0].strip("`") for row in rows(section)) == sorted(paging)


@pytest.mark.parametrize("text", [OPERATIONS, ARCHITECTURE], ids=["operations", "architecture"])
def test_names_of_an_environment_are_built_as_the_pages_write_them(text: str) -> None:
    ending = re.compile(r"(?P<type>[\w/-]+)-(?:prod|\{suffix\})")
    names = {match["type"] for code in CODE.findall(text) if (match := ending.fullmatch(code))}
    assert len(names) > 5
    assert names <= set(LIMITS)
