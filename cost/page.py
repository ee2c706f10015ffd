"""`docs/cost.md`, from the floors and the price table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cost.floor import USAGE, Floor
from cost.prices import HOURS, PRICES, READ, price
from cost.switches import break_even, switches

_WORDS = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
_TIERS = {
    "foundation": "network, NAT, key",
    "data": "Aurora, its secret, sessions",
    "portal": "containers, balancer, API, CDN, WAF, alarms",
    "pipeline": "the pipeline itself",
    "zone": "the hosted zone, which is there before",
}


def page(floors: Sequence[Floor]) -> str:
    """The whole page: the words of `page.md` with the tables put in."""
    environments = [floor for floor in floors if floor.number("alb")]
    return _WORDS.format(
        hours=HOURS,
        read=READ,
        summary=_summary(floors),
        lines=_lines(floors),
        switches=_switches(environments),
        nat_gateway_gb=price("nat_gateway_gb").usd,
        break_even=" ".join(
            f"{what} costs as much as {acu:.1f} ACU of Serverless v2 in use all month."
            for what, acu in break_even()
        ),
        usage=_table(("Type", "Charged by"), ((f"`{type_}`", by) for type_, by in sorted(USAGE.items()))),
        prices=_prices(),
    )


def _summary(floors: Sequence[Floor]) -> str:
    def row(title: str, figures: Iterable[float]) -> tuple[str, ...]:
        return title, *(f"{figure:,.2f}" if figure else "" for figure in figures)

    rows = [row(f"`{tier}`: {what}", (_of(floor, tier) for floor in floors)) for tier, what in _TIERS.items()]
    rows.append(row("**together**", (floor.dollars() for floor in floors)))
    unsure = (floor.dollars(lambda _, key: not price(key).confirmed) for floor in floors)
    rows.append(row("of which by prices marked (?)", unsure))
    return _table(("", *(floor.suffix for floor in floors)), rows)


def _of(floor: Floor, tier: str) -> float:
    return floor.dollars(lambda found, _: found == tier)


def _lines(floors: Sequence[Floor]) -> str:
    def place(line: tuple[str, str]) -> tuple[int, float, str]:
        """By stack, the dearest first."""
        dearest = max(floor.lines.get(line, 0) for floor in floors) * price(line[1]).monthly
        return list(_TIERS).index(line[0]), -dearest, line[1]

    keys = sorted({line for floor in floors for line in floor.lines}, key=place)

    def cell(floor: Floor, line: tuple[str, str]) -> str:
        number = floor.lines.get(line, 0)
        return f"{number:g}: {number * price(line[1]).monthly:,.2f}" if number else ""

    return _table(
        ("Stack", "What", "One", *(floor.suffix for floor in floors)),
        (
            (
                f"`{tier}`",
                _name(key),
                f"{price(key).monthly:,.2f}",
                *(cell(floor, (tier, key)) for floor in floors),
            )
            for tier, key in keys
        ),
    )


def _switches(environments: Sequence[Floor]) -> str:
    rows = [
        (title, *(f"{figure:,.2f}" for figure in figures))
        for group in switches(environments)
        for title, figures in group
    ]
    return _table(("", *(floor.suffix for floor in environments)), rows)


def _prices() -> str:
    return _table(
        ("One", "USD", "per", "Read at", "of", "Note"),
        (
            (_name(key), f"{one.usd:g}", one.per, f"<{one.source}>", one.dated, one.note)
            for key, one in PRICES.items()
        ),
    )


def _name(key: str) -> str:
    return price(key).what + ("" if price(key).confirmed else " (?)")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(row) for row in (head, *rows)]
    return "\n".join([f"| {lines[0]} |", "|" + "---|" * len(head), *(f"| {line} |" for line in lines[1:])])
