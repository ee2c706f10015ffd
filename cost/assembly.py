"""A cloud assembly as the cost reads it: the stacks of each environment, and their resources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    """One template; its name is `{tier}-{suffix}`."""

    name: str
    resources: Mapping[str, Mapping[str, Any]]

    @property
    def tier(self) -> str:
        return self.name.partition("-")[0]

    @property
    def suffix(self) -> str:
        return self.name.partition("-")[2]

    def properties(self, type_: str) -> Iterator[tuple[str, Properties]]:
        """Logical id and properties of every resource of a type."""
        for logical_id, resource in self.resources.items():
            if resource["Type"] == type_:
                yield logical_id, resource.get("Properties", {})

    def referred(self, reference: Mapping[str, Any]) -> Properties:
        """The properties of the resource that a `Ref` names."""
        properties: Properties = self.resources[reference["Ref"]]["Properties"]
        return properties


def read(folder: Path) -> list[Stack]:
    """Every stack of the assembly in `folder`, those of its stages too, in the order of delivery."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    stacks: list[Stack] = []
    for id_, artifact in manifest["artifacts"].items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            body = json.loads((folder / properties["templateFile"]).read_text(encoding="utf-8"))
            stacks.append(Stack(properties.get("stackName", id_), body["Resources"]))
        elif artifact["type"] == "cdk:cloud-assembly":
            stacks += read(folder / properties["directoryName"])
    return stacks
