"""docs/operations.md and docs/architecture.md against the pipeline: its stages, its gates, its stacks."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from tests.assembly.synthesis import Synthesis
from tests.unit.documents import CODE, ROOT, rows

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def _section(title: str) -> list[list[str]]:
    (text,) = re.findall(rf"^## {title}\n(.*?)^## ", ARCHITECTURE, re.DOTALL | re.MULTILINE)
    return list(rows(text))


def test_the_stages_that_are_told_are_those_of_the_pipeline(synthesis: Synthesis) -> None:
    told = [name.strip() for row in _section("The pipeline") for name in row[0].split(",")]
    assert sorted(told) == sorted(stage["Name"] for stage in synthesis.pipeline["Stages"])


def test_the_stacks_that_are_told_are_those_of_each_environment(synthesis: Synthesis) -> None:
    told = [code for row in _section("The three stacks of an environment") for code in CODE.findall(row[0])]
    for suffix in ("dev", "staging", "prod"):
        stacks = [template.stack for template in synthesis.templates if template.suffix == suffix]
        assert sorted(stacks) == sorted(name.replace("{suffix}", suffix) for name in told)


def test_commands_name_pipeline_stage_and_action_as_they_are(synthesis: Synthesis) -> None:
    lines = [line for line in OPERATIONS.splitlines() if line.startswith("aws codepipeline ")]
    assert lines
    for line in lines:
        options = dict(re.findall(r"--([a-z-]*name) (\S+)", line))
        assert (options.get("pipeline-name") or options["name"]) == synthesis.pipeline["Name"], line
        actions = [action["Name"] for action in synthesis.stage(options.get("stage-name", "Source"))]
        assert options.get("action-name", actions[0]) in actions, line


def test_what_a_page_destroys_is_one_environment(synthesis: Synthesis) -> None:
    (pattern,) = re.findall(r"cdk destroy '(pipeline-tools/\S+)'", OPERATIONS)
    paths = {
        f"{manifest['artifacts'][id_]['displayName']}": manifest["artifacts"][id_]["properties"]["stackName"]
        for manifest in synthesis.manifests.values()
        for id_, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack" and "stackName" in artifact["properties"]
    }
    selected = {name for path, name in paths.items() if fnmatch(path.partition(" ")[0], pattern)}
    assert selected == {"foundation-prod", "data-prod", "portal-prod"}
