"""Properties that the emulator drops, as rows: the operations of its own API that apply and remove them."""

from dataclasses import dataclass
from typing import Any

from ..registry import Properties
from ..types.row import Call, Expression, Occasion
from .wrapping import mend


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A property of a type, the operation that applies it, and the one that takes it away."""

    property: Expression
    put: Call
    drop: Call | None = None


def apply_rows(emulated: dict[str, Any], resource_type: str, service: str, rows: tuple[Applied, ...]) -> None:
    """Lets each row's operation run when its property was set, changed or left out."""

    def after(physical_id: str, old: Properties, new: Properties) -> None:
        def seen(properties: Properties) -> Occasion:
            return Occasion(logical_id="", stack_name="", properties=properties, id=physical_id)

        for row in rows:
            before, now = row.property(seen(old)) if old else None, row.property(seen(new))
            if now and now != before:
                row.put.run(service, seen(new))
            elif before and not now and row.drop:
                row.drop.run(service, seen(new))

    mend(emulated, resource_type, after=after)
