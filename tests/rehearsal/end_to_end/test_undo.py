"""Last of all: `destroy` leaves nothing of the pipeline and of three environments in four accounts."""

import json
import subprocess
import sys

from .conftest import ROOT, Standing


def test_destroy_leaves_nothing_behind(standing: Standing) -> None:
    command = [sys.executable, "-m", "rehearsal", "destroy", "--json", "--project", str(standing.project)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    answer = json.loads(result.stdout)
    assert answer["clean"]
    assert sorted(answer["left"]) == ["111111111111", "222222222222", "333333333333", "444444444444"]
    assert list(answer["seconds"]) == ["prod", "staging", "dev", "pipeline-tools"]
