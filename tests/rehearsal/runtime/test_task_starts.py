"""Before a task starts ECS fetches its image and secrets and opens its log, with the task's execution role."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.runtime import docker_shim
from tests.rehearsal.roles import make_role, policy, trust

ACCOUNT = "111111111111"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1"
# With every permission the task gets as far as an image that nobody has pushed.
STARTED = f"image {IMAGE} was not built by this rehearsal"
NEEDED = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "secretsmanager:GetSecretValue",
    "kms:Decrypt",
    "ssm:GetParameters",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
)

Stopped = Callable[..., str]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    state = tmp_path_factory.mktemp("state")
    with Cloud(state) as running:
        engine = docker_shim.install(state, lambda: {"AWS_ENDPOINT_URL": running.endpoint})
        yield running
        engine.stop()


@pytest.fixture(scope="module")
def definition(cloud: Cloud) -> dict[str, Any]:
    """A task with a secret under a key of its own, a parameter and a log."""
    cloud.client("ecs", ACCOUNT).create_cluster(clusterName="main")
    own = policy("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Resource="*")
    key = cloud.client("kms", ACCOUNT).create_key(Policy=own)["KeyMetadata"]["Arn"]
    secrets = cloud.client("secretsmanager", ACCOUNT)
    secret = secrets.create_secret(Name="password", SecretString='{"password": "x"}', KmsKeyId=key)["ARN"]
    cloud.client("ssm", ACCOUNT).put_parameter(Name="/level", Value="info", Type="String")
    options = {"awslogs-group": "/tasks", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}
    container = {
        "name": "web",
        "image": IMAGE,
        "secrets": [
            {"name": "PASSWORD", "valueFrom": f"{secret}:password::"},
            {"name": "LEVEL", "valueFrom": "/level"},
        ],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    return {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
    }


@pytest.fixture
def stopped(cloud: Cloud, definition: dict[str, Any]) -> Iterator[Stopped]:
    """Runs the task with an execution role of certain permissions; why it stopped. The role is gone afterwards."""
    ecs, iam = cloud.client("ecs", ACCOUNT), cloud.client("iam", ACCOUNT)

    def run(*may: str, trusted: str | None = None, role: bool = True) -> str:
        arn = make_role(iam, "execution", may=may, trusted=trusted)
        given = {"executionRoleArn": arn} if role else {}
        family = ecs.register_task_definition(family="web", **definition, **given)["taskDefinition"]["family"]
        (task,) = ecs.run_task(cluster="main", taskDefinition=family, launchType="FARGATE")["tasks"]
        end = time.monotonic() + 20
        while task["lastStatus"] != "STOPPED":
            assert time.monotonic() < end, task
            time.sleep(0.05)
            (task,) = ecs.describe_tasks(cluster="main", tasks=[task["taskArn"]])["tasks"]
        return str(task["stoppedReason"])

    yield run
    iam.delete_role_policy(RoleName="execution", PolicyName="may")
    iam.delete_role(RoleName="execution")


def test_with_every_permission_the_task_starts(stopped: Stopped) -> None:
    assert STARTED in stopped(*NEEDED)


@pytest.mark.parametrize("missing", NEEDED)
def test_without_one_permission_it_does_not(stopped: Stopped, missing: str) -> None:
    reason = stopped(*(action for action in NEEDED if action != missing))

    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth:")
    assert "AccessDeniedException: User: arn:aws:sts::" in reason
    assert f"assumed-role/execution/service is not authorized to perform: {missing} on resource: " in reason


def test_a_role_that_trusts_another_service_is_not_taken(stopped: Stopped) -> None:
    reason = stopped("*", trusted=trust(Service="lambda.amazonaws.com"))
    assert f"ECS was unable to assume the role 'arn:aws:iam::{ACCOUNT}:role/execution'" in reason


def test_a_task_that_needs_a_role_has_one(stopped: Stopped) -> None:
    assert "the task definition has no execution role" in stopped("*", role=False)


def test_a_key_that_does_not_know_the_account_opens_no_secret(
    cloud: Cloud, definition: dict[str, Any], stopped: Stopped
) -> None:
    kms = cloud.client("kms", ACCOUNT)
    arn = definition["containerDefinitions"][0]["secrets"][0]["valueFrom"].rpartition(":password")[0]
    key = cloud.client("secretsmanager", ACCOUNT).describe_secret(SecretId=arn)["KmsKeyId"]
    known = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    other = policy("kms:*", Principal={"AWS": "arn:aws:iam::222222222222:root"}, Resource="*")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=other)

    assert "not authorized to perform: kms:Decrypt" in stopped("*")

    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=known)
