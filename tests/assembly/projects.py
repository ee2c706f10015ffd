"""Copies of the project whose environments file is edited, as a user edits it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.assembly.cloud_assembly import ROOT

USED_BY_THE_APP = (
    "app.py",
    "cdk.json",
    "package.json",
    "pipeline",
    "portal_stage",
    "buildspecs",
    "containers",
)


def project_copy(folder: Path, edit: Callable[[str], str]) -> Path:
    """A copy in `folder` of what the app reads; `edit` gets the environments file's text and answers the new one."""
    project = folder / "project"
    project.mkdir()
    for name in USED_BY_THE_APP:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(source, project / name, ignore=ignored)
        else:
            shutil.copy(source, project / name)
    file = project / "pipeline" / "environments.py"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    return project
