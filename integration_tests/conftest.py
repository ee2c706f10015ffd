"""The portal under test, one fixture per door, and the rule that a skipped test is a failed one."""

import contextlib
from collections.abc import Generator, Iterator
from typing import TypeVar

import boto3
import pytest
from botocore.config import Config

from integration_tests import environment
from integration_tests.door import Door
from integration_tests.environment import EnvironmentIncomplete, Portal
from integration_tests.patience import Patience
from integration_tests.probe import Probe

AWS = Config(connect_timeout=5, read_timeout=40, retries={"mode": "standard", "max_attempts": 4})


@pytest.fixture(scope="session")
def portal() -> Portal:
    try:
        return environment.read()
    except EnvironmentIncomplete as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.fixture(scope="session")
def patience(portal: Portal) -> Patience:
    return Patience(portal.wait_seconds)


@pytest.fixture(scope="session")
def tests_role(portal: Portal) -> boto3.Session:
    """The pipeline's identity in the account of the portal: it may invoke the probe and read its one key."""
    with contextlib.closing(boto3.client("sts", region_name=portal.region, config=AWS)) as sts:
        answer = sts.assume_role(
            RoleArn=portal.test_role_arn, RoleSessionName="integration-tests", DurationSeconds=900
        )
    credentials = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=portal.region,
    )


@pytest.fixture(scope="session")
def load_balancer(portal: Portal, patience: Patience, tests_role: boto3.Session) -> Iterator[Probe]:
    with contextlib.closing(tests_role.client("lambda", config=AWS)) as lambda_client:
        yield Probe(lambda_client, portal.probe_function, patience)


@pytest.fixture(scope="session")
def cloudfront(portal: Portal, patience: Patience) -> Iterator[Door]:
    with Door(portal.url, patience) as door:
        yield door


@pytest.fixture(scope="session")
def api_gateway(portal: Portal, patience: Patience) -> Iterator[Door]:
    with Door(portal.api_url, patience) as door:
        yield door


@pytest.fixture(scope="session")
def api_key(portal: Portal, tests_role: boto3.Session) -> dict[str, str]:
    """The header with the tests' own key, whose plan is tiny."""
    with contextlib.closing(tests_role.client("apigateway", config=AWS)) as apigateway:
        value: str = apigateway.get_api_key(apiKey=portal.api_key_id, includeValue=True)["value"]
    return {"x-api-key": value}


_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


def _failed_if_skipped(report: _Report) -> _Report:
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"what is skipped proves nothing, so it fails the run: {report.longreprtext}"
        # pytest does not count an expected failure among the failed ones, whatever its outcome says.
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_if_skipped((yield))
