"""`destroy` shows what is left, and a line for each account where nothing is."""

import io

from rich.console import Console

from rehearsal.audit.inventory import left_over
from rehearsal.destroy import show_left

BEFORE = {
    "111111111111": {"s3 buckets": ["assets"], **{f"service{n} things": [] for n in range(50)}},
    "222222222222": {"s3 buckets": ["assets"]},
}


def shown(after: dict[str, dict[str, list[str]]], unseen: list[str]) -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    show_left(console, after, left_over(BEFORE, after), unseen)
    return console.file.getvalue().splitlines()


def test_where_nothing_is_left_there_is_a_line_an_account() -> None:
    assert shown(BEFORE, []) == [
        "Account 111111111111: 0 left, and 1 that were there before; 51 listings asked.",
        "Account 222222222222: 0 left, and 1 that were there before; 1 listings asked.",
        "Nothing is left but the bootstrap and the account baseline.",
    ]


def test_what_is_left_is_named() -> None:
    after = {**BEFORE, "222222222222": {"s3 buckets": ["assets", "forgotten"]}}
    said = shown(after, ["AWS::X::Y"])
    assert said[1:] == [
        "Account 222222222222: 1 left, and 1 that were there before; 1 listings asked.",
        "✗ 222222222222: s3 buckets: forgotten",
        "Not counted, for want of a listing: AWS::X::Y",
    ]
