"""The rule of names, `{resource-type}-{suffix}`, and what AWS admits."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.assembly.register import invariant, told
from tests.assembly.resource_names import (
    NAMED_AFTER_A_CLUSTER,
    NAMED_BY_AWS,
    NAMED_BY_CDK,
    NAMELESS,
    NAMES,
    ONE_SPACE,
)
from tests.assembly.synthesis import Synthesis
from tests.assembly.tagging import tags


@invariant
def names_follow_the_rule(synthesis: Synthesis) -> Iterator[str]:
    """Every physical name is `{resource-type}-{suffix}`."""
    environments = tuple({f"-{template.suffix}" for template in synthesis.templates})
    for template, logical_id, resource in synthesis.resources(*NAMES):
        name = _name(resource)
        if not isinstance(name, str) and logical_id.startswith(NAMED_BY_AWS.get(resource["Type"], ())):
            continue
        # The pipeline holds one build per environment, which carries that environment's suffix.
        endings = environments if template.tier == "pipeline" else (f"-{template.suffix}",)
        if not isinstance(name, str) or not _without_service(name).endswith(endings):
            yield told(
                template.stack, logical_id, found=f"the name {name!r}", wanted=f"one that ends {endings}"
            )


@invariant
def names_are_within_limits(synthesis: Synthesis) -> Iterator[str]:
    """What CloudFormation finds out only when it creates the resource: length and characters."""
    for template, logical_id, resource in synthesis.resources(*NAMES):
        name, rule = _name(resource), NAMES[resource["Type"]]
        if isinstance(name, str) and (len(name) > rule.length or not re.fullmatch(rule.pattern, name)):
            wanted = f"{rule.pattern} of at most {rule.length} characters"
            yield told(template.stack, logical_id, found=f"the name {name!r}", wanted=wanted)


@invariant
def physical_names_are_unique(synthesis: Synthesis) -> Iterator[str]:
    """No two resources of a type share a name in an account, which is where AWS looks for it."""
    bearers: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for template, logical_id, resource in synthesis.resources(*NAMES):
        if name := _name(resource):
            type_ = ONE_SPACE.get(resource["Type"], resource["Type"])
            # What a stack refers to is its own, so a name with a reference in it is that stack's too.
            text = name if isinstance(name, str) else f"{template.stack} {json.dumps(name)}"
            bearers[template.account, type_, text].append((template.stack, logical_id))
    for (_, type_, name), ((stack, first), *others) in bearers.items():
        for _, logical_id in others:
            yield told(
                stack, first, found=f"the name {name} of {logical_id}", wanted=f"another for each {type_}"
            )


@invariant
def name_tags_follow_the_rule(synthesis: Synthesis) -> Iterator[str]:
    """Where a tag is all the name that a resource has, it follows the rule of names."""
    for template, logical_id, resource in synthesis.resources():
        name = tags(resource).get("Name")
        if name is not None and not name.endswith(f"-{template.suffix}"):
            wanted = f"one that ends -{template.suffix}"
            yield told(template.stack, logical_id, found=f"the tag Name {name!r}", wanted=wanted)


@invariant
def every_type_has_a_row(synthesis: Synthesis) -> Iterator[str]:
    """Each type is known to this file, with its name or as one without, so that no name goes unseen."""
    known = NAMES.keys() | NAMELESS | NAMED_BY_CDK
    for template, logical_id, resource in synthesis.resources():
        if resource["Type"] not in known and not resource["Type"].startswith("Custom::"):
            yield told(template.stack, logical_id, found=resource["Type"], wanted="a type with a row here")


def _name(resource: dict[str, Any]) -> Any:
    """The value of the property that names a resource; None where it has none."""
    value: Any = resource.get("Properties", {})
    for part in NAMES[resource["Type"]].property.split("."):
        value = value.get(part, {})
    return value or None


def _without_service(name: str) -> str:
    """The name without what RDS and Container Insights put around it."""
    return NAMED_AFTER_A_CLUSTER.sub(r"\g<database>\g<ecs>", name)
