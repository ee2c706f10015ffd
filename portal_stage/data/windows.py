"""The hours in which RDS may work on a cluster: a daily one for backups, a weekly one for maintenance, in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal_stage.rules import problem

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(f"{_TIME}-{_TIME}")
_WEEKLY = re.compile(f"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html: at least half an hour each, and
# they may not overlap.
_LEAST = 30
Span = tuple[int, int]
"""Start, in minutes of the day or week, and length."""


def window_problems(*, backup_window: object, maintenance_window: object) -> Iterator[str]:
    """What is wrong with the two fields of these names."""
    daily, weekly = _daily(backup_window), _weekly(maintenance_window)
    if daily is None:
        rule = "use a time of day in UTC, at least 30 minutes long"
        yield problem("backup_window", backup_window, rule, example="04:00-04:30")
    if weekly is None:
        rule = "use a time of the week in UTC, 30 minutes to 24 hours long"
        yield problem("maintenance_window", maintenance_window, rule, example="sun:06:00-sun:06:30")
    if daily and weekly and any(_meet((day * _DAY + daily[0], daily[1]), weekly) for day in range(7)):
        rule = f"use a time of the week outside of backup_window {backup_window!r}"
        yield problem("maintenance_window", maintenance_window, rule, example="sun:06:00-sun:06:30")


def _daily(window: object) -> Span | None:
    found = _DAILY.fullmatch(window) if isinstance(window, str) else None
    if not found:
        return None
    begin, begin_minute, end, end_minute = map(int, found.groups())
    return _span(begin * 60 + begin_minute, end * 60 + end_minute, _DAY)


def _weekly(window: object) -> Span | None:
    found = _WEEKLY.fullmatch(window) if isinstance(window, str) else None
    if not found:
        return None
    first, last = (_DAYS.index(found[group]) * _DAY for group in (1, 4))
    begin, end = (first + int(found[2]) * 60 + int(found[3]), last + int(found[5]) * 60 + int(found[6]))
    span = _span(begin, end, _WEEK)
    return span if span and span[1] <= _DAY else None


def _span(begin: int, end: int, around: int) -> Span | None:
    length = (end - begin) % around
    return (begin, length) if length >= _LEAST else None


def _meet(one: Span, other: Span) -> bool:
    """Whether two spans of the week share a minute, each maybe past the week's end."""
    return (other[0] - one[0]) % _WEEK < one[1] or (one[0] - other[0]) % _WEEK < other[1]
