"""What the twins share: the places of an assembly that they break."""

from __future__ import annotations

from typing import Any

from tests.assembly.invariants.tags import UNTAGGED
from tests.assembly.synthesis import Synthesis, Template


def resource(synthesis: Synthesis, stack: str, type_: str, id_part: str = "") -> dict[str, Any]:
    """The first resource of a type whose logical id has that part."""
    return next(found for id_, found in synthesis.template(stack).resources(type_) if id_part in id_)


def properties(synthesis: Synthesis, stack: str, type_: str, id_part: str = "") -> dict[str, Any]:
    """The properties of the first resource of a type whose logical id has that part."""
    found: dict[str, Any] = resource(synthesis, stack, type_, id_part)["Properties"]
    return found


def add(synthesis: Synthesis, where: str, type_: str, **properties: Any) -> None:
    """Put a further resource into a stack, or into a tier of every environment, which keeps them alike;
    tagged as its neighbours are."""
    for template in _stacks(synthesis, where):
        tagged = next(
            one for _, one in template.properties("AWS::KMS::Key", "AWS::S3::Bucket") if "Tags" in one
        )
        added = properties if type_ in UNTAGGED else {"Tags": tagged["Tags"], **properties}
        template.body["Resources"]["Added"] = {"Type": type_, "Properties": added}


def remove(synthesis: Synthesis, where: str, type_: str, id_part: str = "") -> None:
    """Take the first such resource out of a stack, or out of a tier of every environment."""
    for template in _stacks(synthesis, where):
        logical_id = next(id_ for id_, _ in template.resources(type_) if id_part in id_)
        del template.body["Resources"][logical_id]


def _stacks(synthesis: Synthesis, where: str) -> list[Template]:
    return [template for template in synthesis.templates if where in (template.stack, template.tier)]
