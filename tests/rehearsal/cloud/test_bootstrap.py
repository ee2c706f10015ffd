"""`make bootstrap` on the emulated cloud: what an account needs once, and no harm in doing it again."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.bootstrap import SERVICES_WITH_ROLES
from pipeline.environments import TOOLS
from rehearsal.cloud import Cloud

from .conftest import ACCOUNT

ROOT = Path(__file__).parents[3]
OTHER = "222222222222"  # an environment's


@pytest.fixture
def bootstrap(cloud: Cloud) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs it with the credentials of an account."""

    def run(account: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "CDK_VALIDATION": "false",
        }
        command = [sys.executable, "-m", "pipeline.bootstrap"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return run


def test_an_account_is_prepared_once_and_again(
    bootstrap: Callable[[str], subprocess.CompletedProcess[str]], client: Callable[[str], Any]
) -> None:
    # GIVEN an account in which another project has made one of the service-linked roles
    client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")

    first, second = bootstrap(ACCOUNT), bootstrap(ACCOUNT)

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    stacks = {stack["StackName"]: stack for stack in client("cloudformation").describe_stacks()["Stacks"]}
    assert {"CDKToolkit", "account-baseline"} <= set(stacks)
    for service in SERVICES_WITH_ROLES:
        assert len(client("iam").list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]) == 1
    logging = client("apigateway").get_account()["cloudwatchRoleArn"]
    assert logging == f"arn:aws:iam::{ACCOUNT}:role/api-gateway-logs"
    execution = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-us-east-1"
    (policy,) = client("iam").list_attached_role_policies(RoleName=execution)["AttachedPolicies"]
    assert (policy["PolicyArn"],) == TOOLS.execution_policies


def test_the_role_that_another_team_gave_api_gateway_stays(
    bootstrap: Callable[[str], subprocess.CompletedProcess[str]], cloud: Cloud
) -> None:
    theirs = f"arn:aws:iam::{OTHER}:role/their-logs"
    gateway, iam = cloud.client("apigateway", OTHER), cloud.client("iam", OTHER)
    iam.create_role(RoleName="their-logs", AssumeRolePolicyDocument='{"Statement": []}')
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": theirs}])

    done = bootstrap(OTHER)

    assert done.returncode == 0, done.stderr
    assert f"API Gateway writes its logs as {theirs}, which somebody else has set" in done.stdout
    assert gateway.get_account()["cloudwatchRoleArn"] == theirs
    # AND one that is gone is replaced
    iam.delete_role(RoleName="their-logs")
    assert bootstrap(OTHER).returncode == 0
    assert gateway.get_account()["cloudwatchRoleArn"] == f"arn:aws:iam::{OTHER}:role/api-gateway-logs"


def test_without_credentials_it_says_what_to_do() -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    none = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/none"}
    none["AWS_SHARED_CREDENTIALS_FILE"] = "/none"
    command = [sys.executable, "-m", "pipeline.bootstrap"]
    refused = subprocess.run(command, cwd=ROOT, env=kept | none, capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert refused.stderr == (
        "Unable to locate credentials. Use an administrator's credentials, for example AWS_PROFILE=dev make "
        "bootstrap\n"
    )


def test_an_account_that_no_environment_names_is_refused(
    bootstrap: Callable[[str], subprocess.CompletedProcess[str]],
) -> None:
    refused = bootstrap("999999999999")

    assert refused.returncode == 1
    assert refused.stderr.startswith("account '999999999999' of the present credentials: use those of ")
    assert "Traceback" not in refused.stderr
