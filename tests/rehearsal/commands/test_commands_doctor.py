"""`doctor` tells everything at once, and `run` and `up` ask the machine before they start anything."""

import json
import sqlite3

import pytest

from rehearsal import machine
from rehearsal.client import Endpoint
from rehearsal.machine import Check
from tests.rehearsal.commands.shell import Shell

WELL = Check(name="air", ask=lambda _root: "")
THIN = Check(name="ice", ask=lambda _root: "it is thin: stay off", level="warning")
GONE = Check(name="ground", ask=lambda _root: "there is none: [step] back")


def test_every_check_is_a_line_and_a_problem_is_the_exit_code(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "CHECKS", (WELL, THIN, GONE))
    assert shell("doctor") == 1
    assert shell.said.splitlines() == [
        "✓ air",
        "! ice: it is thin: stay off",
        "✗ ground: there is none: [step] back",
    ]
    monkeypatch.setattr(machine, "CHECKS", (WELL, THIN))
    assert shell("doctor") == 0


def test_a_program_reads_every_check(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CHECKS", (WELL, GONE))
    assert shell("doctor", "--json") == 1
    assert json.loads(shell.said) == [
        {"name": "air", "level": "problem", "sentence": ""},
        {"name": "ground", "level": "problem", "sentence": "there is none: [step] back"},
    ]


def test_up_asks_the_machine_before_it_starts_anything(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CHECKS", (GONE,))
    assert shell.refused("up", "--foreground") == "ground: there is none: [step] back"
    assert not (shell.project / "build" / "rehearsal" / "cloud.log").exists()


def test_whatever_a_full_disk_breaks_is_told_in_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(_root: object) -> Endpoint:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("rehearsal.commands.status.find", find)
    monkeypatch.setattr(machine, "FULL_MEGABYTES", 10**9)
    assert " is full (" in shell.refused("status")
