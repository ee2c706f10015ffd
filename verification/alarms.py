"""What alarms rely on: that their metrics are there under the names that were read in documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verification.asking import Asked, NotYet, Said


def are_ok(*types: str) -> Callable[[Asked], Iterator[Said]]:
    """A check that these alarms of the environment are OK; `{nat}` stands for each NAT instance's number."""

    def ask(asked: Asked) -> Iterator[Said]:
        asked.needs("portal")
        numbers = range(1, asked.environment.network.nat_instances + 1)
        named = {type_.format(nat=number) for type_ in types for number in numbers}
        states = _states(asked)
        for name in sorted(asked.name(type_) for type_ in named):
            if states.get(name) == "INSUFFICIENT_DATA":
                raise NotYet(f"{name} has no data: an hour after the deployment it has")
            yield states.get(name) == "OK", f"{name} is {states.get(name, 'missing')}"

    return ask


def find_their_metrics(asked: Asked) -> Iterator[Said]:
    """No alarm lacks data, but that of the certificate, which is told once a day."""
    asked.needs_an_hour()
    states = _states(asked)
    silent = sorted(name for name, state in states.items() if state == "INSUFFICIENT_DATA")
    silent = [name for name in silent if name != asked.name("certificate-alarm")]
    told = f"{len(states) - len(silent)} of {len(states)} alarms have data"
    yield bool(states) and not silent, f"{told}; without: {', '.join(silent[:8]) or 'none'}"


def _states(asked: Asked) -> dict[str, str]:
    pages = asked.client("cloudwatch").get_paginator("describe_alarms").paginate()
    end = f"-{asked.environment.suffix}"
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in pages
        for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
        if alarm["AlarmName"].endswith(end)
    }
