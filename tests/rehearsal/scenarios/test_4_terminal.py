"""A person at a terminal: `run` asks there before the gate, takes no nonsense, and goes on."""

import json
import os
import sys
from pathlib import Path

import pexpect

from .operator import PATIENCE_SECONDS, ROOT, Operator


def test_the_person_at_the_terminal_decides(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.commit("asked at the terminal")
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "50"}
    arguments = ["-m", "rehearsal", "run", "--project", str(operator.project)]

    terminal = pexpect.spawn(
        sys.executable, arguments, cwd=str(ROOT), env=environment, timeout=PATIENCE_SECONDS, encoding="utf-8"
    )
    terminal.expect("waits for a person")
    terminal.expect("Approve or reject")
    terminal.sendline("perhaps")
    terminal.expect("Please select one of the available options")
    terminal.sendline("a")
    terminal.expect("Why")
    terminal.sendline("it was looked at")
    terminal.expect(pexpect.EOF)
    terminal.close()

    report = json.loads((operator.project / "build" / "rehearsal" / "report.json").read_text())
    assert {stage["name"]: stage["status"] for stage in report["stages"]}["prod"] == "Succeeded"
    # Not green all the same: somebody else's pipeline has no tests, and an untested environment is not.
    assert terminal.exitstatus == 1
