"""A synthesized assembly as plain JSON: what the invariants read and the breakages break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Template:
    """One stack: its name, where it goes, and its template, as bytes are counted and as it is parsed."""

    stack: str
    account: str
    region: str
    protected: bool
    size: int
    body: dict[str, Any]

    @property
    def tier(self) -> str:
        """`foundation`, `data`, `portal` or `pipeline`."""
        return self.stack.partition("-")[0]

    @property
    def suffix(self) -> str:
        """`dev`, `staging`, `prod` or `tools`."""
        return self.stack.partition("-")[2]

    @property
    def exports(self) -> dict[str, Any]:
        """What other stacks may import, by the export's name."""
        outputs = self.body.get("Outputs", {}).values()
        return {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}

    def resources(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and resource, of these types or of all."""
        for logical_id, resource in self.body["Resources"].items():
            if not types or resource["Type"] in types:
                yield logical_id, resource

    def places(self, *types: str) -> set[tuple[str, str]]:
        """Stack and logical id of the resources of these types, as `Synthesis.pointed_at` tells them."""
        return {(self.stack, logical_id) for logical_id, _ in self.resources(*types)}

    def properties(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and properties, of these types or of all."""
        for logical_id, resource in self.resources(*types):
            yield logical_id, resource.get("Properties", {})

    def made_before(self, logical_id: str) -> set[str]:
        """The resources that CloudFormation makes before this one, and deletes after it."""
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            resource = self.body["Resources"][waiting.pop()]
            named = {target for _, target in references(resource.get("Properties", {}))}
            named |= set(resource.get("DependsOn", []))
            new = (named & self.body["Resources"].keys()) - found
            found |= new
            waiting += new
        return found


@dataclass
class Synthesis:
    """Every manifest (by its folder) and every template, those of the stages too.

    `annotations` are the warnings and errors that constructs left behind, by path; `readable` is the newest
    manifest schema that each pinned tool reads; `buildspecs` those that are files of the assembly, by their name;
    `order` is that of the environments in their file.
    """

    manifests: dict[str, dict[str, Any]]
    templates: list[Template]
    annotations: dict[str, str]
    readable: dict[str, int]
    buildspecs: dict[str, str]
    order: tuple[str, ...]

    def tier(self, name: str) -> list[Template]:
        """The stacks of that tier, one of each environment."""
        return [template for template in self.templates if template.tier == name]

    def template(self, stack: str) -> Template:
        return next(template for template in self.templates if template.stack == stack)

    def resources(self, *types: str) -> Iterator[tuple[Template, str, dict[str, Any]]]:
        """Template, logical id and resource, of these types or of all."""
        for template in self.templates:
            for logical_id, resource in template.resources(*types):
                yield template, logical_id, resource

    def properties(self, *types: str) -> Iterator[tuple[Template, str, dict[str, Any]]]:
        """Template, logical id and properties, of these types or of all."""
        for template, logical_id, resource in self.resources(*types):
            yield template, logical_id, resource.get("Properties", {})

    def pointed_at(self, template: Template, value: Any) -> list[tuple[str, str]]:
        """Stack and logical id of each resource that a value refers to, through exports too."""
        return [place for reference in references(value) for place in self._follow(template, *reference)]

    def _follow(self, template: Template, function: str, target: str) -> list[tuple[str, str]]:
        if function != "Fn::ImportValue":
            return [(template.stack, target)]
        exporters = [one for one in self.templates if target.startswith(f"{one.stack}:")]
        return [
            place
            for exporter in exporters
            for place in self.pointed_at(exporter, exporter.exports.get(target))
        ]

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


def references(value: Any) -> list[tuple[str, str]]:
    """Function and target of each `Ref`, `Fn::GetAtt` and `Fn::ImportValue` in a value."""
    found, waiting = [], [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            for key, inner in part.items():
                if key in ("Ref", "Fn::ImportValue") and isinstance(inner, str):
                    found.append((key, inner))
                elif key == "Fn::GetAtt":
                    found.append((key, inner[0]))
                elif not isinstance(inner, str):
                    waiting.append(inner)
    return found
