"""A synthesized environment as plain JSON, and the few questions that the tests ask it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """One stack's template."""

    body: dict[str, Any]

    def resources(self, type_: str) -> dict[str, Resource]:
        """Logical id -> resource, of one type."""
        return {id_: found for id_, found in self.body["Resources"].items() if found["Type"] == type_}

    def properties(self, type_: str, **wanted: object) -> list[dict[str, Any]]:
        """The properties of the resources of a type that have all the wanted ones."""
        every = [resource.get("Properties", {}) for resource in self.resources(type_).values()]
        return [
            properties
            for properties in every
            if all(properties.get(name) == value for name, value in wanted.items())
        ]

    def one(self, type_: str, **wanted: object) -> dict[str, Any]:
        """The properties of the one such resource."""
        (properties,) = self.properties(type_, **wanted)
        return properties

    def id_of(self, type_: str, **wanted: object) -> str:
        """The logical id of the one such resource."""
        properties = self.one(type_, **wanted)
        return next(
            id_ for id_, found in self.resources(type_).items() if found.get("Properties") is properties
        )

    def containers(self, family: str) -> dict[str, dict[str, Any]]:
        """The containers of a task definition by their names."""
        task = self.one("AWS::ECS::TaskDefinition", Family=family)
        return {container["Name"]: container for container in task["ContainerDefinitions"]}

    def statements(self, role_name: str) -> list[dict[str, Any]]:
        """All statements of the policies that are attached to the role of that name."""
        role = {"Ref": self.id_of("AWS::IAM::Role", RoleName=role_name)}
        policies = [
            policy for policy in self.properties("AWS::IAM::Policy") if role in policy.get("Roles", [])
        ]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


@dataclass(frozen=True)
class Stage:
    """The three templates of an environment, and its outputs for the tests by environment variable."""

    foundation: Template
    data: Template
    portal: Template
    test_outputs: dict[str, str]

    def all_resources(self) -> Iterator[tuple[str, Resource]]:
        """Logical id and resource, of all three."""
        for template in (self.foundation, self.data, self.portal):
            yield from template.body["Resources"].items()


def read(path: Path) -> Template:
    return Template(json.loads(path.read_text()))


def actions(statement: dict[str, Any]) -> list[str]:
    """A statement's actions, which are a text when there is one only."""
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def metrics_of(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Name, namespace and dimensions of each metric that an alarm watches."""
    if "MetricName" in alarm:
        yield {name: alarm.get(name, []) for name in ("MetricName", "Namespace", "Dimensions")}
    for query in alarm.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]
