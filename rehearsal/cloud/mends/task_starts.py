"""ECS: what is done with a task's execution role before it starts (image, secrets, log stream) needs permissions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..auth import ECS_TASKS, NotTrusted, check_trust, refusal

_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^:@]+)")
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")


@dataclass(frozen=True)
class Need:
    """A permission on a resource's ARN, and what fails without it in ECS's words."""

    failing: str
    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)


def apply() -> None:
    """Lets no task start whose execution role lacks something."""
    from ministack.services import ecs

    start = ecs._start_task_worker

    def start_task_worker(task: dict[str, Any], definition: dict[str, Any], *more: Any) -> Any:
        if reason := _missing(task["taskArn"], definition):
            raise ecs._SecretResolutionError(
                reason
            )  # the emulator stops the task with ResourceInitializationError
        return start(task, definition, *more)

    ecs._start_task_worker = start_task_worker


def _missing(task: str, definition: Mapping[str, Any]) -> str | None:
    """What the task cannot have; None if nothing is missing."""
    needs = list(_needs(task, definition))
    role = definition.get("executionRoleArn")
    if not needs:
        return None
    if not role:
        return f"{needs[0].failing}: the task definition has no execution role"
    try:
        check_trust(role, service=ECS_TASKS)
    except NotTrusted:
        return f"ECS was unable to assume the role '{role}'"
    for need in needs:
        if reason := refusal(role, need.action, need.resource, keys=dict(need.keys)):
            return f"{need.failing}: AccessDeniedException: {reason}"
    return None


def _needs(task: str, definition: Mapping[str, Any]) -> Iterator[Need]:
    _, _, _, region, account, _ = task.split(":", 5)
    for container in definition["containerDefinitions"]:
        yield from _for_image(container["image"])
        for secret in container.get("secrets", []):
            yield from _for_secret(secret["valueFrom"], region, account)
        yield from _for_log(container.get("logConfiguration", {}), account)


def _for_image(image: str) -> Iterator[Need]:
    """Images of ECR only: others are pulled without credentials."""
    if not (named := _ECR.match(image)):
        return
    yield Need("unable to retrieve ecr registry auth", "ecr:GetAuthorizationToken", "*")
    repository = f"arn:aws:ecr:{named['region']}:{named['account']}:repository/{named['name']}"
    for action in _PULL:
        yield Need(f"unable to pull {image}", action, repository)


def _for_secret(value_from: str, region: str, account: str) -> Iterator[Need]:
    if not value_from.startswith("arn:aws:secretsmanager:"):
        path = value_from.partition(":parameter")[2] or "/" + value_from.lstrip("/")
        arn = f"arn:aws:ssm:{region}:{account}:parameter{path}"
        yield Need("unable to retrieve secrets from ssm", "ssm:GetParameters", arn)
        return
    arn = ":".join(value_from.split(":")[:7])
    yield Need(f"unable to retrieve secret from asm {arn}", "secretsmanager:GetSecretValue", arn)
    if key := _key_of(arn):
        via = {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}
        yield Need(f"unable to retrieve secret from asm {arn}", "kms:Decrypt", key, via)


def _key_of(secret_arn: str) -> str | None:
    """The ARN of the key of our own that a secret is encrypted with; everyone may use AWS's."""
    from ministack.services import kms, secretsmanager

    _, secret = secretsmanager._resolve(secret_arn)
    key = kms._resolve_key((secret or {}).get("KmsKeyId") or "")
    return str(key["Arn"]) if key else None


def _for_log(configuration: Mapping[str, Any], account: str) -> Iterator[Need]:
    if configuration.get("logDriver") != "awslogs":
        return
    options = configuration["options"]
    stream = (
        f"arn:aws:logs:{options['awslogs-region']}:{account}:log-group:{options['awslogs-group']}"
        f":log-stream:{options.get('awslogs-stream-prefix', 'ecs')}/task"
    )
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield Need("failed to validate logger args", action, stream)
