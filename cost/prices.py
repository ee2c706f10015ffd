"""The price table `prices.toml`, read once and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))
HOURS: int = _TABLE["hours_per_month"]
READ: str = _TABLE["read"].isoformat()
"""The day on which the sources were read."""
COUNTS: dict[str, int] = _TABLE["count"]


@dataclass(frozen=True, kw_only=True)
class Price:
    """US dollars for one of `what`, `per` hour, month or GB, and where that is written."""

    what: str
    usd: float
    per: str
    source: str
    dated: str
    confirmed: bool = True
    note: str = ""

    @property
    def monthly(self) -> float:
        return self.usd * {"hour": HOURS, "month": 1}[self.per]


PRICES = {key: Price(**row) for key, row in _TABLE["price"].items()}


def price(key: str) -> Price:
    """The row of that key.

    Raises:
        LookupError: when the table has none, as for an instance type that nobody has used yet.
    """
    if key not in PRICES:
        raise LookupError(f"price {key!r}: add it to cost/prices.toml with its source, as for 'ec2 t4g.nano'")
    return PRICES[key]
