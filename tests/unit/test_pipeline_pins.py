"""The pins of the CDK's tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.pins import PACKAGE_FILE, pinned
from portal_stage.errors import ConfigurationError


def test_pins_are_those_of_the_lock_file() -> None:
    packages = json.loads(PACKAGE_FILE.with_name("package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package in ("aws-cdk", "cdk-assets"):
        assert pinned(package) == packages[f"node_modules/{package}"]["version"]


@pytest.mark.parametrize("version", ["^2.1148.1", "latest", "2", "", None])
def test_version_that_can_move_is_refused(version: str | None, tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text(json.dumps({"devDependencies": {"aws-cdk": version}}), encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"^package\.json devDependencies 'aws-cdk' .*: pin one version"
    ):
        pinned("aws-cdk", file)


def test_missing_package_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="'cdk-assets' None: pin one version"):
        pinned("cdk-assets", file)
