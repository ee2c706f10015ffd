"""What containers, functions and services wrote into the log groups of an account."""

import time
from collections.abc import Iterator
from typing import Any


def groups_named(logs: Any, part: str) -> list[str]:
    """Return the log groups whose names contain `part`; the one of just that name alone, where there is one."""
    pages = logs.get_paginator("describe_log_groups").paginate()
    names = sorted(group["logGroupName"] for page in pages for group in page["logGroups"])
    return [part] if part in names else [name for name in names if part in name]


class GroupLog:
    """The events of a log group, oldest first."""

    def __init__(self, logs: Any, group: str) -> None:
        self._logs = logs
        self._group = group
        self._begin = 0
        self._seen: set[str] = set()

    def new(self) -> str:
        """Return what was written since the last call, a line each with its time; empty where nothing was."""
        return "".join(f"{_line(event)}\n" for event in self._events())

    def _events(self) -> Iterator[dict[str, Any]]:
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=self._group, startTime=self._begin
        )
        events = [event for page in pages for event in page["events"] if event["eventId"] not in self._seen]
        for event in sorted(events, key=lambda event: event["timestamp"]):
            yield event
            if event["timestamp"] > self._begin:
                # Events of one millisecond may come one after another: ask for it again.
                self._begin, self._seen = event["timestamp"], set()
            self._seen.add(event["eventId"])


def _line(event: dict[str, Any]) -> str:
    at = time.strftime("%H:%M:%S", time.localtime(event["timestamp"] / 1000))
    return f"{at} {event['message'].rstrip()}"
