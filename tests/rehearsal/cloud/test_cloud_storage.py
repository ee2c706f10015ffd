"""What the emulator drops of buckets, tables and secrets, put right: seen through the APIs."""

from collections.abc import Callable
from typing import Any

import pytest

ACCOUNT = "111111111111"
Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def test_a_bucket_keeps_tags_encryption_lifecycle_and_the_name_of_its_namespace(
    deploy: Deploy, client: Client
) -> None:
    def bucket(**more: Any) -> str:
        encryption = [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
        ]
        made = of(
            "S3::Bucket",
            BucketNamePrefix="kept",
            BucketNamespace="account-regional",
            BucketEncryption={"ServerSideEncryptionConfiguration": encryption},
            **more,
        )
        return deploy({"Bucket": made}, Name={"Ref": "Bucket"})["Name"]

    rules = [{"Status": "Enabled", "ExpirationInDays": 7}]
    name = bucket(Tags=[{"Key": "Owner", "Value": "us"}], LifecycleConfiguration={"Rules": rules})
    s3 = client("s3")
    assert name == f"kept-{ACCOUNT}-us-east-1-an"
    assert {"Key": "Owner", "Value": "us"} in s3.get_bucket_tagging(Bucket=name)["TagSet"]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)
    assert lifecycle["Rules"][0]["Expiration"] == {"Days": 7}
    configured = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert configured["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"

    assert bucket() == name
    for left_out in (s3.get_bucket_tagging, s3.get_bucket_lifecycle_configuration):
        with pytest.raises(s3.exceptions.ClientError):
            left_out(Bucket=name)


def test_a_bucket_with_objects_is_not_deleted(deploy: Deploy, client: Client) -> None:
    topic = {"Topic": of("SNS::Topic")}
    deploy({**topic, "Bucket": of("S3::Bucket", BucketName="filled")})
    client("s3").put_object(Bucket="filled", Key="a", Body=b"a")
    deploy(topic)
    assert client("s3").list_objects_v2(Bucket="filled")["KeyCount"] == 1
    client("s3").delete_object(Bucket="filled", Key="a")


def table(*, recovery: bool, expiry: str, indexes: list[str]) -> dict[str, Any]:
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    return of(
        "DynamoDB::GlobalTable",
        TableName="sessions",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=keys,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", *indexes)],
        GlobalSecondaryIndexes=[
            {
                "IndexName": f"by-{name}",
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for name in indexes
        ],
        TimeToLiveSpecification={"AttributeName": expiry, "Enabled": True},
        Replicas=[
            {
                "Region": "us-east-1",
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery},
                "Tags": [{"Key": "Owner", "Value": "us"}],
            }
        ],
    )


def test_a_table_keeps_recovery_expiry_and_tags_and_loses_an_index(deploy: Deploy, client: Client) -> None:
    dynamodb = client("dynamodb")

    def seen() -> tuple[str, str, list[str]]:
        backups = dynamodb.describe_continuous_backups(TableName="sessions")["ContinuousBackupsDescription"]
        status = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        expiry = dynamodb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]
        described = dynamodb.describe_table(TableName="sessions")["Table"]
        indexes = [index["IndexName"] for index in described.get("GlobalSecondaryIndexes", [])]
        return status, expiry["AttributeName"], indexes

    deploy({"Table": table(recovery=True, expiry="ends", indexes=["customer", "device"])})
    assert seen() == ("ENABLED", "ends", ["by-customer", "by-device"])
    dynamodb.put_item(TableName="sessions", Item={"id": {"S": "1"}})

    deploy({"Table": table(recovery=False, expiry="ends", indexes=["customer"])})
    assert seen() == ("DISABLED", "ends", ["by-customer"])
    assert dynamodb.scan(TableName="sessions")["Count"] == 1, "an update keeps the items"


def test_ref_of_a_secret_is_its_arn_also_after_an_update(deploy: Deploy, client: Client) -> None:
    def secret(description: str) -> str:
        made = of("SecretsManager::Secret", Name="database", SecretString="s3cret", Description=description)
        return deploy({"Secret": made}, Ref={"Ref": "Secret"})["Ref"]

    arn = secret("first")
    assert arn.startswith(f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:database-")
    assert secret("second") == arn
    assert client("secretsmanager").describe_secret(SecretId=arn)["Description"] == "second"
