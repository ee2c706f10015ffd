"""Load balancing: a listener rule keeps its tags."""

from typing import Any

from ..types.row import Call, given
from .applied import Applied, apply_rows

RULE = (
    Applied(
        property=given("Tags"),
        put=Call("add_tags", ResourceArns=lambda occasion: [occasion.id]),
    ),
)


def apply(emulated: dict[str, Any]) -> None:
    """Puts the row in place."""
    apply_rows(emulated, "AWS::ElasticLoadBalancingV2::ListenerRule", "elbv2", RULE)
