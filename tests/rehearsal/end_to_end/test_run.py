"""A push goes through the deployed pipeline into three environments, and their doors answer."""

import subprocess
import sys

import pytest

from .conftest import Standing, child_environment

ENVIRONMENTS = ("dev", "staging", "prod")
DOORS = ("load balancer", "cloudfront", "api gateway")
STAGES = [
    "Source",
    "Build",
    "UpdatePipeline",
    "Assets",
    "dev",
    "Gate-staging",
    "staging",
    "Gate-prod",
    "prod",
]


def test_the_run_is_green(standing: Standing) -> None:
    assert standing.report["problems"] == []
    assert standing.report["green"]


def test_every_stage_succeeds_in_order(standing: Standing) -> None:
    stages = [(stage["name"], stage["status"]) for stage in standing.report["stages"]]
    assert stages == [(name, "Succeeded") for name in STAGES]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_of_every_environment_was_tested(standing: Standing, environment: str, door: str) -> None:
    (verdict,) = [
        verdict
        for verdict in standing.report["tests"]
        if (verdict["environment"], verdict["door"]) == (environment, door)
    ]
    assert verdict["passed"] >= 5
    assert (verdict["failed"], verdict["skipped"]) == (0, 0)


def test_stacks_are_deployed_by_the_names_of_the_rule(standing: Standing) -> None:
    for environment in ENVIRONMENTS:
        for layer in ("foundation", "data", "portal"):
            name = f"{layer}-{environment}"
            cloudformation = standing.client("cloudformation", stack=name)
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_each_environment_is_in_an_account_of_its_own(standing: Standing) -> None:
    accounts = {standing.accounts[f"portal-{environment}"] for environment in ENVIRONMENTS}
    assert len(accounts | {standing.accounts["pipeline-tools"]}) == 4


def test_what_is_only_recorded_is_told(standing: Standing) -> None:
    told = " ".join(standing.report["not_rehearsed"])
    for subject in ("security groups", "instances of Auto Scaling groups", "IAM", "KMS"):
        assert subject in told


def fetch(standing: Standing, url: str) -> subprocess.CompletedProcess[str]:
    """A program of its own that fetches a page, with nothing but the environment that a shell would have."""
    program = "import httpx, sys; answer = httpx.get(sys.argv[1]); print(answer.raise_for_status().text)"
    return subprocess.run(
        [sys.executable, "-c", program, url],
        env=child_environment(standing),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_shell_reaches_the_portal_by_its_own_name(standing: Standing) -> None:
    result = fetch(standing, "https://portal-dev.dev.bank.example/")
    assert result.returncode == 0, result.stderr
    assert "<html" in result.stdout


def test_a_name_that_no_zone_owns_is_not_answered_by_the_portal(standing: Standing) -> None:
    result = fetch(standing, "https://nowhere.dev.bank.example/")
    assert result.returncode != 0
    assert "NXDOMAIN" in result.stderr or "502" in result.stderr, result.stderr
