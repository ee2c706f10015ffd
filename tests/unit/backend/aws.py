"""Secrets Manager and DynamoDB, emulated, with the portal's two session tables."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.unit.backend.postgres import PASSWORD, USER
from tests.unit.backend.processes import free_port, running

REGION = "us-east-1"
TABLES = {
    "sessions": (["session_id"], "created_at"),
    "session-events": (["session_id", "occurred_at"], "occurred_at"),
}


@dataclass(frozen=True, kw_only=True)
class Aws:
    endpoint: str
    secret_arn: str = ""

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint, **keys)

    def put_password(self, password: str) -> None:
        value = json.dumps({"username": USER, "password": password})
        with contextlib.closing(self.client("secretsmanager")) as secrets:
            secrets.put_secret_value(SecretId=self.secret_arn, SecretString=value)

    def items(self, table: str) -> list[dict[str, Any]]:
        with contextlib.closing(self.client("dynamodb")) as dynamodb:
            items: list[dict[str, Any]] = dynamodb.scan(TableName=table)["Items"]
            return items

    def expire(self, table: str, session_id: str) -> None:
        with contextlib.closing(self.client("dynamodb")) as dynamodb:
            dynamodb.update_item(
                TableName=table,
                Key={"session_id": {"S": session_id}},
                UpdateExpression="SET expires_at = :past",
                ExpressionAttributeValues={":past": {"N": "1"}},
            )

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "DB_SECRET_ARN": self.secret_arn,
            "SESSIONS_TABLE": "sessions",
            "SESSION_EVENTS_TABLE": "session-events",
            "CUSTOMER_INDEX": "by-customer",
            "DEVICE_INDEX": "by-device",
        }


@contextlib.contextmanager
def start(folder: Path) -> Iterator[Aws]:
    port = free_port()
    nowhere = Aws(endpoint=f"http://127.0.0.1:{port}")
    env = os.environ | {"GATEWAY_PORT": str(port)}
    with running([sys.executable, "-m", "ministack"], folder=folder, env=env) as process:
        process.wait_until(lambda: _answers(nowhere.endpoint))
        _create_tables(nowhere)
        with contextlib.closing(nowhere.client("secretsmanager")) as secrets:
            value = json.dumps({"username": USER, "password": PASSWORD})
            arn = secrets.create_secret(Name="portal-database", SecretString=value)["ARN"]
        yield Aws(endpoint=nowhere.endpoint, secret_arn=arn)


def _answers(endpoint: str) -> bool:
    try:
        return httpx.get(f"{endpoint}/_ministack/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _create_tables(aws: Aws) -> None:
    with contextlib.closing(aws.client("dynamodb")) as dynamodb:
        for name, (keys, sorted_by) in TABLES.items():
            attributes = {*keys, "customer_id", "device_id", sorted_by}
            dynamodb.create_table(
                TableName=name,
                KeySchema=_keys(*keys),
                AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in sorted(attributes)],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": f"by-{who}",
                        "KeySchema": _keys(f"{who}_id", sorted_by),
                        "Projection": {"ProjectionType": "ALL"},
                    }
                    for who in ("customer", "device")
                ],
                BillingMode="PAY_PER_REQUEST",
            )


def _keys(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": n, "KeyType": t} for n, t in zip(names, ("HASH", "RANGE"), strict=False)]
