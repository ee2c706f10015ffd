"""A person at the terminal answers, and is asked again for what CodePipeline would not take."""

import io

import pytest
from rich.console import Console

from rehearsal.approvals import Answer, AskAtTerminal
from tests.rehearsal.pending import APPROVAL


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=120)


def answered(console: Console, monkeypatch: pytest.MonkeyPatch, *typed: str) -> Answer:
    lines = iter(typed)
    monkeypatch.setattr("builtins.input", lambda *_: next(lines))
    return AskAtTerminal(console)(APPROVAL)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("letter", "status"), [("a", "Approved"), ("r", "Rejected")])
def test_a_letter_and_a_reason_are_the_answer(
    console: Console, monkeypatch: pytest.MonkeyPatch, letter: str, status: str
) -> None:
    assert answered(console, monkeypatch, letter, "change 4711") == Answer(
        status=status, summary="change 4711"
    )
    assert "Gate / Approve waits for a person.\nDeploy [red]it[/red]? ?[2J\n" in said(console)


def test_no_reason_is_said_to_be_none(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(console, monkeypatch, "a", "").summary == "no reason given"


def test_a_reason_that_is_too_long_is_asked_for_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(console, monkeypatch, "a", "x" * 513, "x" * 512).summary == "x" * 512
    assert "At most 512 characters" in said(console)
