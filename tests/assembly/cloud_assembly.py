"""Runs the app, and reads the cloud assembly that it leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.environments import ENVIRONMENTS
from tests.assembly.synthesis import Synthesis, Template

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = {
    "aws-cdk": ROOT / "node_modules/aws-cdk/lib/index.js",
    "cdk-assets": ROOT / "node_modules/cdk-assets/bin/cdk-assets.js",
}


def synthesize(
    folder: Path,
    *,
    project: Path = ROOT,
    context: Mapping[str, object] | None = None,
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run `app.py` as the CDK CLI runs it, without the validator; answers what it wrote to stderr.

    The CLI runs it in the project's folder; `cwd` is for another, `variables` for a further environment.

    Raises:
        subprocess.CalledProcessError: when the app fails.
    """
    flags = json.loads((project / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = os.environ | dict(variables or {})
    environment |= {
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(flags | dict(context or {})),
        "CDK_VALIDATION": "false",
    }
    command = [sys.executable, str(project / "app.py")]
    result = subprocess.run(
        command, cwd=cwd or project, env=environment, check=True, capture_output=True, text=True
    )
    return result.stderr


def read(folder: Path, *, order: Sequence[str] = tuple(one.suffix for one in ENVIRONMENTS)) -> Synthesis:
    """The assembly in `folder`, whose environments file has the environments in this order."""
    manifests = {
        str(path.parent.relative_to(folder)): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("manifest.json"))
        if not path.parent.name.startswith("asset.")
    }
    templates = [
        _template(folder / where, id_, artifact)
        for where, manifest in manifests.items()
        for id_, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    annotations = {
        path: entry["data"]
        for file in folder.rglob("*.metadata.json")
        for path, entries in json.loads(file.read_text(encoding="utf-8")).items()
        for entry in entries
        if entry["type"] in ("aws:cdk:warning", "aws:cdk:error")
    }
    readable = {tool: _newest_schema(file) for tool, file in READERS.items()}
    buildspecs = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("buildspec-*.y*ml")}
    return Synthesis(manifests, templates, annotations, readable, buildspecs, tuple(order))


def _template(folder: Path, id_: str, artifact: Mapping[str, Any]) -> Template:
    properties = artifact["properties"]
    account, region = artifact["environment"].removeprefix("aws://").split("/")
    template = (folder / properties["templateFile"]).read_bytes()
    protected = bool(properties.get("terminationProtection"))
    name = properties.get("stackName", id_)
    return Template(name, account, region, protected, len(template), json.loads(template))


def _newest_schema(bundle: Path) -> int:
    """The revision of the manifest schema that a tool of the CDK carries inside its bundle."""
    (revision,) = set(
        re.findall(
            r"schemaHash: \"\w+\",.{0,300}?revision: (\d+)", bundle.read_text(encoding="utf-8"), re.DOTALL
        )
    )
    return int(revision)
