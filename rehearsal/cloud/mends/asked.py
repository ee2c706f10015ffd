"""Service Quotas and CodeConnections, which the emulator lacks: what somebody asks of them before a deployment."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from rehearsal.refusals.quotas import QUOTAS

from ..types.records import Record, keep, recorded
from .refusals import raised_quotas

Answer = tuple[int, dict[str, str], bytes]
CONNECTION = "AWS::CodeConnections::Connection"
# What a new account may run, in virtual CPUs; nothing here counts what runs.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
# https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
RUNNING = {("ec2", "L-1216C47A"): 5, ("fargate", "L-3032A538"): 6, ("fargate", "L-36FBB829"): 6}


def apply() -> None:
    """Serve both, each under the target prefix that boto3 gives its requests."""
    from ministack import app
    from ministack.core import router

    for name, prefix, operation in (
        ("servicequotas", "ServiceQuotasV20190624", _quota),
        ("codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201", _connection),
    ):
        router.SERVICE_PATTERNS[name] = {
            "target_prefixes": [prefix],
            "host_patterns": [rf"{name}\."],
            "credential_scope": name,
        }
        app.SERVICE_HANDLERS[name] = _handler(operation)


def _handler(operation: Callable[[str, dict[str, Any]], dict[str, Any] | str]) -> Any:
    """`operation` answers an operation's parameters with its result, or with the code of an error."""

    async def handle(_method: str, _path: str, headers: dict[str, str], body: bytes, _query: Any) -> Answer:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        result = operation(name, json.loads(body))
        failed = isinstance(result, str)
        answer = {"__type": result, "Message": f"{name}: {body.decode()}"} if failed else result
        return (
            400 if failed else 200,
            {"Content-Type": "application/x-amz-json-1.1"},
            json.dumps(answer).encode(),
        )

    return handle


def _quota(operation: str, asked: dict[str, Any]) -> dict[str, Any] | str:
    """The quota of an account (GetServiceQuota) or AWS's default (GetAWSDefaultServiceQuota)."""
    defaults = {(quota.service, quota.code): quota.default for quota in QUOTAS if quota.code} | RUNNING
    service, code = asked["ServiceCode"], asked["QuotaCode"]
    value = defaults.get((service, code))
    if value is None or operation not in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        return "NoSuchResourceException"
    if operation == "GetServiceQuota":
        value = raised_quotas().get(code, value)
    return {"Quota": {"ServiceCode": service, "QuotaCode": code, "Value": float(value)}}


def _connection(operation: str, asked: dict[str, Any]) -> dict[str, Any] | str:
    """A connection that the assembly names is there, and somebody has finished it; a new one waits for the console."""
    from ministack.core.responses import get_account_id, get_region

    account = str(get_account_id())
    if operation == "CreateConnection":
        arn = f"arn:aws:codeconnections:{get_region()}:{account}:connection/{uuid.uuid4()}"
        given: dict[str, Any] = {
            name: asked[name] for name in ("ConnectionName", "ProviderType", "HostArn") if name in asked
        }
        keep(CONNECTION, Record(account, arn, {**given, "ConnectionArn": arn, "ConnectionStatus": "PENDING"}))
        return {"ConnectionArn": arn}
    known = {record.id: _described(record) for record in recorded(CONNECTION) if record.account == account}
    if operation == "ListConnections":
        return {"Connections": list(known.values())}
    if operation != "GetConnection":
        return "InvalidInputException"
    connection = known.get(asked["ConnectionArn"])
    return {"Connection": connection} if connection else "ResourceNotFoundException"


def _described(record: Record) -> dict[str, Any]:
    made = {"ConnectionName": "source", "ProviderType": "GitHub", "OwnerAccountId": record.account}
    return {**made, **record.properties}
