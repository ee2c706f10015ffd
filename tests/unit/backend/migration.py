"""The step that each of the backend's tasks runs first, as a process."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.unit.backend.server import NODE


class Migration:
    """One that runs."""

    def __init__(self, application: Path, env: dict[str, str]) -> None:
        argv = [str(NODE), str(application / "src" / "migrate.mjs")]
        self._process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True)

    def end(self, code: int = 0) -> list[dict[str, Any]]:
        """Wait until it ends, with that exit code; the lines that it wrote."""
        said, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == code, said
        return [json.loads(line) for line in said.splitlines()]

    def hear(self) -> dict[str, Any]:
        """The next line that it writes."""
        assert self._process.stdout is not None
        line: dict[str, Any] = json.loads(self._process.stdout.readline())
        return line

    def kill(self) -> None:
        """End it by force."""
        self._process.kill()
        self.end(-9)
