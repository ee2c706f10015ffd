"""Commands as a user types them, and what comes of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.__main__ import main


class Shell:
    """`shell("status", "--json")` gives the exit code; `said` and `complained` are the outputs of the last command."""

    def __init__(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.project = project
        self.said = self.complained = ""
        self._capsys = capsys

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        code = main([arguments[0], "--project", str(self.project), *arguments[1:]])
        self.said, self.complained = self._capsys.readouterr()
        return code

    def refused(self, *arguments: str) -> str:
        """The one sentence with which a command is refused."""
        assert self(*arguments) == 2, self.said
        assert "Traceback" not in self.said + self.complained
        return (self.said + self.complained).strip()

    def json(self, *arguments: str) -> Any:
        """What a program reads from the command's standard output."""
        assert self(*arguments, "--json") == 0, self.complained
        return json.loads(self.said)
