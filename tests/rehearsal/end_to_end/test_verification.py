"""`make verify-aws ENV=dev` against the local AWS: each row is asked, and ticked only where it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verification import page, table

from .conftest import ROOT, Standing, child_environment

# What the local AWS does not have, or does otherwise: there the run must not tick the row.
OTHERWISE = {
    "Load balancing, RDS, API Gateway's VPC link": "differs",
    "`pl-3b927c52` is CloudFront's": "differs",
    "A NAT instance signals CloudFormation": "differs",
    "A service without a desired count": "differs",
    "A custom domain of API Gateway answers": "differs",
    "The portal's name is at once": "differs",
    "The API's web ACL takes": "differs",
    "The firewall lets Route 53's": "open",
    "EC2's metrics of a group of one": "open",
    "A NAT instance tells of its lost packets": "open",
    "RDS writes its PostgreSQL log": "open",
    "Every alarm finds its metric": "open",
    "`SUM(METRICS())` in an alarm": "open",
    "`FILL` in an alarm": "open",
    "A launch template whose device 0": "differs",
    "Auto Scaling ends an old NAT instance": "open",
}
ENDING = "The end"


def verify(standing: Standing, stack: str, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    assert standing.environment["AWS_ENDPOINT_URL"].startswith("http://127."), "no test asks AWS"
    credentials = {"AWS_ACCESS_KEY_ID": standing.accounts[stack], "AWS_SECRET_ACCESS_KEY": "rehearsal"}
    return subprocess.run(
        [sys.executable, "-m", "verification", "dev", "--results", str(path), *more],
        cwd=ROOT,
        env=child_environment(standing) | credentials,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def results(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The answers by their claims, asked with dev's credentials and then with those of the tools account."""
    path = tmp_path_factory.mktemp("verified") / "dev.json"
    for stack in ("portal-dev", "pipeline-tools"):
        told = verify(standing, stack, path)
        assert told.returncode == 1, told.stdout + told.stderr
        assert "which is not AWS. These calls only read." in told.stdout
    return {result["claim"]: result for result in json.loads(path.read_text(encoding="utf-8"))["results"]}


ROWS = [row for row in page.read(page.PAGE.read_text(encoding="utf-8")) if table.check_of(row)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.claim[:40])
def test_each_row_is_answered_as_the_local_aws_is(results: dict[str, dict[str, Any]], row: page.Row) -> None:
    otherwise = [state for claim, state in OTHERWISE.items() if row.claim.startswith(claim)]
    wanted = otherwise[0] if otherwise else "open" if row.section == ENDING else "seen"
    assert results[row.claim]["state"] == wanted, results[row.claim]["told"]


def test_what_is_tried_asks_for_the_accounts_number_first(standing: Standing, tmp_path: Path) -> None:
    told = verify(standing, "portal-dev", tmp_path / "dev.json", "--try", "fail-over")
    account = standing.accounts["portal-dev"]
    assert told.returncode == 2
    assert f"This changes dev in account {account}:" in told.stdout
    assert f"nobody is there to confirm it: pass --confirm {account}" in told.stderr
    assert not (tmp_path / "dev.json").exists()


def test_another_account_or_environment_is_told(standing: Standing, tmp_path: Path) -> None:
    told = verify(standing, "portal-prod", tmp_path / "dev.json")
    assert told.returncode == 2
    assert "of the present credentials: use those of one that" in told.stderr
