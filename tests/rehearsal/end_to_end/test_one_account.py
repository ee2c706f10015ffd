"""The other variant: one account for the pipeline and for every environment, by editing one file."""

import json
import re
import subprocess
import sys
from pathlib import Path

from rehearsal.assembly import Assembly

from .conftest import WHOLE_RUN_SECONDS, committed_copy, shared_cache

ACCOUNT = "999999999999"


def name_one_account(project: Path) -> None:
    """One account throughout; of the environments dev alone, which shows what differs."""
    file = project / "pipeline" / "environments.py"
    text = re.sub(r"(?<!\d)\d{12}(?!\d)", ACCOUNT, file.read_text())
    file.write_text(text.replace("ENVIRONMENTS = (DEV, STAGING, PROD)", "ENVIRONMENTS = (DEV,)"))


def test_one_account_for_all_is_rehearsed_alike(tmp_path: Path) -> None:
    project = committed_copy(tmp_path, name_one_account)
    shared_cache(project)
    result = subprocess.run(
        [sys.executable, "-m", "rehearsal", "run", "--approve", "all"],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WHOLE_RUN_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    state = project / "build" / "rehearsal"
    report = json.loads((state / "report.json").read_text())
    assert [stage["name"] for stage in report["stages"]][-1] == "dev"
    assert {(verdict["environment"], verdict["failed"]) for verdict in report["tests"]} == {("dev", 0)}
    assert [target.account for target in Assembly(state / "cdk.out").targets] == [ACCOUNT]
