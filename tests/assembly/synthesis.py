"""A synthesized assembly as plain JSON: what the invariants read and the breakages break."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = {
    "aws-cdk": ROOT / "node_modules/aws-cdk/lib/index.js",
    "cdk-assets": ROOT / "node_modules/cdk-assets/bin/cdk-assets.js",
}


@dataclass
class Template:
    """One stack: its name, where it goes, and its parsed template."""

    stack: str
    account: str
    region: str
    protected: bool
    body: dict[str, Any]

    @property
    def tier(self) -> str:
        """`foundation`, `data`, `portal` or `pipeline`."""
        return self.stack.partition("-")[0]

    @property
    def suffix(self) -> str:
        """`dev`, `staging`, `prod` or `tools`."""
        return self.stack.partition("-")[2]

    def resources(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and resource, of these types or of all."""
        for logical_id, resource in self.body["Resources"].items():
            if not types or resource["Type"] in types:
                yield logical_id, resource

    def properties(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and properties, of these types or of all."""
        for logical_id, resource in self.resources(*types):
            yield logical_id, resource.get("Properties", {})


@dataclass
class Synthesis:
    """Every manifest (by its folder) and every template, those of the stages too.

    `annotations` are the warnings and errors that constructs left behind, by path; `readable` is the newest
    manifest schema that each pinned tool reads.
    """

    manifests: dict[str, dict[str, Any]]
    templates: list[Template]
    annotations: dict[str, str]
    readable: dict[str, int]

    def template(self, stack: str) -> Template:
        return next(template for template in self.templates if template.stack == stack)

    @property
    def pipeline(self) -> dict[str, Any]:
        """The properties of the one pipeline."""
        ((_, properties),) = self.template("pipeline-tools").properties("AWS::CodePipeline::Pipeline")
        return properties

    def stage(self, name: str) -> list[dict[str, Any]]:
        """The actions of a stage."""
        actions: list[dict[str, Any]] = next(
            stage["Actions"] for stage in self.pipeline["Stages"] if stage["Name"] == name
        )
        return actions

    def project(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of the CodeBuild project that an action starts."""
        logical_id = action["Configuration"]["ProjectName"]["Ref"]
        properties: dict[str, Any] = self.template("pipeline-tools").body["Resources"][logical_id][
            "Properties"
        ]
        return properties


def synthesize(folder: Path, *, project: Path = ROOT, context: Mapping[str, str] | None = None) -> str:
    """Run `app.py` as the CDK CLI runs it, without the validator; answers what it wrote to stderr.

    Raises:
        subprocess.CalledProcessError: when the app fails.
    """
    flags = json.loads((project / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = os.environ | {
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(flags | dict(context or {})),
        "CDK_VALIDATION": "false",
    }
    command = [sys.executable, "app.py"]
    result = subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True, text=True)
    return result.stderr


def read(folder: Path) -> Synthesis:
    """The assembly in `folder`."""
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
    return Synthesis(manifests, templates, annotations, readable)


def _template(folder: Path, id_: str, artifact: Mapping[str, Any]) -> Template:
    properties = artifact["properties"]
    account, region = artifact["environment"].removeprefix("aws://").split("/")
    body = json.loads((folder / properties["templateFile"]).read_text(encoding="utf-8"))
    protected = bool(properties.get("terminationProtection"))
    return Template(properties.get("stackName", id_), account, region, protected, body)


def _newest_schema(bundle: Path) -> int:
    """The revision of the manifest schema that a tool of the CDK carries inside its bundle."""
    (revision,) = set(
        re.findall(
            r"schemaHash: \"\w+\",.{0,300}?revision: (\d+)", bundle.read_text(encoding="utf-8"), re.DOTALL
        )
    )
    return int(revision)
