"""What the request names and neither an invariant nor a unit test holds."""

from __future__ import annotations

import json
import re
import tomllib

from pipeline.environments import TOOLS
from tests.assembly.cloud_assembly import ROOT
from tests.assembly.synthesis import Synthesis


def test_the_app_is_python() -> None:
    command = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["app"]
    assert command == "python app.py"
    for folder in ("pipeline", "portal_stage"):
        assert not [*(ROOT / folder).rglob("*.ts"), *(ROOT / folder).rglob("*.js")]


def test_ci_checks_types_strictly() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert mypy["strict"] is True
    assert {"app.py", "pipeline", "portal_stage", "integration_tests"} <= set(mypy["files"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^types:.*\n\t\$\(BIN\)mypy$", makefile, re.MULTILINE)
    assert re.search(r"^check: lint types test\b", makefile, re.MULTILINE)
    assert "make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_a_push_comes_by_the_connection_of_the_environments_file(synthesis: Synthesis) -> None:
    (source,) = synthesis.stage("Source")
    configuration = source["Configuration"]
    # The provider keeps the name that the service had until 2024.
    assert source["ActionTypeId"]["Provider"] == "CodeStarSourceConnection"
    assert configuration["ConnectionArn"] == TOOLS.connection_arn
    assert (configuration["FullRepositoryId"], configuration["BranchName"]) == (
        TOOLS.repository,
        TOOLS.branch,
    )
    # Unless it is told otherwise, the action starts the pipeline at every push.
    assert configuration.get("DetectChanges", True) is True


def test_the_database_is_aurora_postgresql(synthesis: Synthesis) -> None:
    for template in synthesis.templates:
        if template.tier == "data":
            engines = {
                properties["Engine"]
                for _, properties in template.properties("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
            }
            assert engines == {"aurora-postgresql"}, template.stack
