"""What a choice in `pipeline/environments.py` changes: the same environment, paid for in another way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cost.floor import Floor
from cost.prices import HOURS, PRICES, price

_ZONES = 3
_LEAST_ACU = 0.5
Row = tuple[str, list[float]]


def switches(floors: Sequence[Floor]) -> Iterator[list[Row]]:
    """Groups of rows, a figure by the month in each for each of the environments; the first row is as configured."""
    yield from (_nat(floors), _endpoints(floors), _tasks(floors), _database(floors))


def _nat(floors: Sequence[Floor]) -> list[Row]:
    gateway = price("nat_gateway").monthly + price("public_ipv4").monthly
    instances = [floor.number("ec2 ") for floor in floors]
    # The one custom metric of the network is that of the packets which the instances lose.
    now = [
        floor.dollars(
            lambda tier, key: (
                key.startswith(("ec2 ", "gp3"))
                or key == "public_ipv4"
                or (tier, key) == ("foundation", "custom_metric")
            )
        )
        for floor in floors
    ]
    return [
        ("NAT instances, as configured", now),
        ("as many NAT gateways", [number * gateway for number in instances]),
        (
            "NAT instances in all three zones",
            [_ZONES * dollars / n for dollars, n in zip(now, instances, strict=True)],
        ),
        ("NAT gateways in all three zones", [_ZONES * gateway] * len(floors)),
    ]


def _endpoints(floors: Sequence[Floor]) -> list[Row]:
    each = price("interface_endpoint").monthly
    now = [floor.number("interface_endpoint") * each for floor in floors]
    return [
        ("interface endpoints, as configured", now),
        ("interface endpoints off", [0.0] * len(floors)),
        ("interface endpoints on", [max(now)] * len(floors)),
    ]


def _tasks(floors: Sequence[Floor]) -> list[Row]:
    def as_if(capacity: str) -> list[float]:
        return [
            sum(
                floor.number("fargate", unit) * price(f"{capacity} arm64 {unit}").monthly
                for unit in ("vcpu", "gb")
            )
            for floor in floors
        ]

    return [
        (
            "tasks, as configured",
            [floor.dollars(lambda _, key: key.startswith("fargate")) for floor in floors],
        ),
        ("all tasks on demand", as_if("fargate")),
        ("all tasks on Spot", as_if("fargate-spot")),
    ]


def _database(floors: Sequence[Floor]) -> list[Row]:
    rows: list[Row] = [
        (
            "Aurora's instances, as configured",
            [floor.dollars(lambda _, key: key.startswith("aurora")) for floor in floors],
        ),
        (
            f"three instances of Serverless v2 at {_LEAST_ACU} ACU",
            [_ZONES * _LEAST_ACU * price("aurora_acu").monthly] * len(floors),
        ),
    ]
    for key, one in PRICES.items():
        if key.startswith("aurora db."):
            rows.append((f"three instances of {one.what.split()[-1]}", [_ZONES * one.monthly] * len(floors)))
    return rows


def break_even() -> Iterator[tuple[str, float]]:
    """For each provisioned instance of Aurora, the ACU that cost as much when used all month."""
    for key, one in PRICES.items():
        if key.startswith("aurora db."):
            yield one.what, one.monthly / (price("aurora_acu").usd * HOURS)
