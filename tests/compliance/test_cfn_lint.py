"""cfn-lint over every synthesized template."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
# W3005: a dependency that is there already, which CDK writes all the same. W3010: a zone's name as a constant, which
# here is always an id of us-east-1.
IGNORED = ("W3005", "W3010")


def found(*templates: Path) -> list[str]:
    command = [str(CFN_LINT), "--format", "json", "--ignore-checks", *IGNORED, "--", *map(str, templates)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if not result.stdout:
        pytest.fail(result.stderr)
    return [_sentence(match) for match in json.loads(result.stdout)]


def _sentence(match: dict[str, Any]) -> str:
    where = f"{match['Filename']}:{match['Location']['Start']['LineNumber']}"
    return f"{where} {match['Rule']['Id']}: {match['Message']}"


def test_templates_pass(assembly: Path) -> None:
    templates = sorted(assembly.rglob("*.template.json"))
    assert len(templates) == 11
    assert found(*templates) == []


def test_wrong_property_is_found(tmp_path: Path) -> None:
    template = tmp_path / "broken.template.json"
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"Naem": "alarms-dev"}}
    template.write_text(json.dumps({"Resources": {"Topic": topic}}))
    assert any("E3002" in sentence and "Naem" in sentence for sentence in found(template))
