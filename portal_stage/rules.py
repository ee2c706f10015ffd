"""The checks that configuration fields share, and the one shape in which a broken rule is told."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

_PRIVATE = tuple(ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def problem(field: str, value: object, rule: str, *, example: object) -> str:
    """The sentence for one broken rule: field, value, rule and a good example."""
    return f"{field} {value!r}: {rule}, for example {example!r}"


def matches(pattern: str | re.Pattern[str], value: object) -> bool:
    """Whether the whole value is text of that pattern."""
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def flag_problems(**values: object) -> Iterator[str]:
    """What is wrong with fields that are on or off; the text 'no' would be on."""
    for field, value in values.items():
        if not isinstance(value, bool):
            yield problem(field, value, "use True or False", example=True)


def account_problems(account: object) -> Iterator[str]:
    """What is wrong with the field `account`."""
    if not matches(r"\d{12}", account):
        rule = "use the account's twelve digits as text"
        yield problem("account", account, rule, example="111111111111")


def tag_problems(**values: object) -> Iterator[str]:
    """What is wrong with fields that become tags: each service admits these characters, and no empty value."""
    for field, value in values.items():
        if not matches(r"[\w .:/=+@-]{1,256}", value):
            rule = "use up to 256 letters, digits, spaces and . : / = + - @ _, because it becomes a tag"
            yield problem(field, value, rule, example="portal-team")


def whole(value: object, low: int, high: int) -> bool:
    """Whether the value is a whole number from `low` to `high`."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def number(value: object, low: float, high: float, *, step: float | None = None) -> bool:
    """Whether the value is a number from `low` to `high`, in steps from zero where `step` is given."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        return False
    return step is None or (value / step).is_integer()


def one_of(value: object, choices: Iterable[int]) -> bool:
    """Whether the value is one of these whole numbers."""
    return isinstance(value, int) and not isinstance(value, bool) and value in choices


def private_network(cidr: object, *, largest: int, smallest: int) -> bool:
    """Whether the value is text of a private IPv4 network, without host bits, whose prefix has such a length."""
    if not isinstance(cidr, str):
        return False
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return False
    return largest <= network.prefixlen <= smallest and any(network.subnet_of(wide) for wide in _PRIVATE)
