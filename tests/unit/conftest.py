"""One synthesis of two environments for all of the portal's tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.kernel import PortalStage, new_app
from tests.unit import examples, templates


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, templates.Stage]:
    """Suffix -> synthesized environment: `test` and `large`."""
    app = new_app(tmp_path_factory.mktemp("assembly"))
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
