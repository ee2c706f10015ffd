"""S3 buckets and DynamoDB tables: what CloudFormation sets on them beyond their names and keys."""

from collections.abc import Callable
from typing import Any

from ..here import client, current_account
from ..registry import Properties
from ..types.row import Call, Expression, Occasion, constant, given, identity
from .applied import Applied, apply_rows

_REPLICA = "Replicas[?Region=='us-east-1'] | [0]"


def _lifecycle(occasion: Occasion) -> Any:
    """S3's own form of the rules; CloudFormation flattens them."""
    rules = occasion.properties["LifecycleConfiguration"].get("Rules", [])
    return {"Rules": [_lifecycle_rule(rule) for rule in rules]}


def _lifecycle_rule(declared: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"Status": declared["Status"], "Filter": {"Prefix": declared.get("Prefix", "")}}
    if "Id" in declared:
        rule["ID"] = declared["Id"]
    if "ExpirationInDays" in declared:
        rule["Expiration"] = {"Days": int(declared["ExpirationInDays"])}
    if old := declared.get("NoncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(old["NoncurrentDays"])}
    elif "NoncurrentVersionExpirationInDays" in declared:
        days = int(declared["NoncurrentVersionExpirationInDays"])
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if upload := declared.get("AbortIncompleteMultipartUpload"):
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(upload["DaysAfterInitiation"])}
    if transitions := declared.get("Transitions"):
        rule["Transitions"] = [
            {"Days": int(move["TransitionInDays"]), "StorageClass": move["StorageClass"]}
            for move in transitions
        ]
    return rule


def _encryption(occasion: Occasion) -> Any:
    rules = occasion.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return {
        "Rules": [
            {
                {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}.get(name, name): value
                for name, value in rule.items()
            }
            for rule in rules
        ]
    }


def _logging(occasion: Occasion) -> Any:
    declared = occasion.properties["LoggingConfiguration"]
    return {
        "LoggingEnabled": {
            "TargetBucket": declared.get("DestinationBucketName", occasion.id),
            "TargetPrefix": declared.get("LogFilePrefix", ""),
        }
    }


BUCKET = (
    Applied(
        property=given("Tags"),
        put=Call("put_bucket_tagging", Bucket=identity, Tagging=lambda o: {"TagSet": o.properties["Tags"]}),
        drop=Call("delete_bucket_tagging", Bucket=identity),
    ),
    Applied(
        property=given("BucketEncryption"),
        put=Call("put_bucket_encryption", Bucket=identity, ServerSideEncryptionConfiguration=_encryption),
        drop=Call("delete_bucket_encryption", Bucket=identity),
    ),
    Applied(
        property=given("LifecycleConfiguration.Rules"),
        put=Call("put_bucket_lifecycle_configuration", Bucket=identity, LifecycleConfiguration=_lifecycle),
        drop=Call("delete_bucket_lifecycle", Bucket=identity),
    ),
    Applied(
        property=given("OwnershipControls"),
        put=Call("put_bucket_ownership_controls", Bucket=identity),
        drop=Call("delete_bucket_ownership_controls", Bucket=identity),
    ),
    Applied(
        property=given("LoggingConfiguration"),
        put=Call("put_bucket_logging", Bucket=identity, BucketLoggingStatus=_logging),
        drop=Call("put_bucket_logging", Bucket=identity, BucketLoggingStatus=constant({})),
    ),
    Applied(
        property=given("VersioningConfiguration"),
        put=Call("put_bucket_versioning", Bucket=identity),
    ),
)


def _recovery(path: str) -> Applied:
    return Applied(
        property=given(path),
        put=Call(
            "update_continuous_backups", TableName=identity, PointInTimeRecoverySpecification=given(path)
        ),
        drop=Call(
            "update_continuous_backups",
            TableName=identity,
            PointInTimeRecoverySpecification=constant({"PointInTimeRecoveryEnabled": False}),
        ),
    )


def _table_arn(occasion: Occasion) -> Any:
    return client("dynamodb").describe_table(TableName=occasion.id)["Table"]["TableArn"]


def _table(method: str, **parameters: Expression) -> Call:
    return Call(method, TableName=identity, **parameters)


_EXPIRY = Applied(
    property=given("TimeToLiveSpecification"),
    put=_table("update_time_to_live"),
)


def _encrypted(key: Expression) -> Applied:
    """A table's encryption; an UpdateTable of its own, with nothing else of the template in it."""

    def specification(occasion: Occasion) -> Any:
        declared = dict(occasion.properties["SSESpecification"])
        chosen = key(occasion) or declared.get("KMSMasterKeyId")
        enabled = {"Enabled": declared.get("SSEEnabled", False), "SSEType": declared.get("SSEType", "KMS")}
        return enabled | ({"KMSMasterKeyId": chosen} if chosen else {})

    return Applied(property=given("SSESpecification"), put=_only("SSESpecification", specification))


def _only(parameter: str, value: Expression) -> Call:
    """UpdateTable with this parameter alone."""
    others = (
        *("AttributeDefinitions", "BillingMode", "ProvisionedThroughput", "StreamSpecification"),
        *("SSESpecification", "DeletionProtectionEnabled", "TableClass", "OnDemandThroughput"),
    )
    silent: dict[str, Callable[[Occasion], Any]] = {name: constant(None) for name in others}
    return Call("update_table", **{**silent, "TableName": identity, parameter: value})


TABLE = (_recovery("PointInTimeRecoverySpecification"), _EXPIRY, _encrypted(constant(None)))
GLOBAL_TABLE = (
    _recovery(f"({_REPLICA}).PointInTimeRecoverySpecification"),
    _EXPIRY,
    _encrypted(given(f"({_REPLICA}).SSESpecification.KMSMasterKeyId")),
    Applied(
        property=given(f"({_REPLICA}).Tags"),
        put=Call("tag_resource", ResourceArn=_table_arn, Tags=given(f"({_REPLICA}).Tags")),
    ),
    Applied(
        property=given(f"({_REPLICA}).DeletionProtectionEnabled"),
        put=_only("DeletionProtectionEnabled", given(f"({_REPLICA}).DeletionProtectionEnabled")),
    ),
)


def _refuse_filled_bucket(delete: Callable[[str, Properties], None]) -> Callable[[str, Properties], None]:
    """S3 deletes only empty buckets; the emulator would drop the objects with it."""

    def delete_empty(physical_id: str, properties: Properties) -> None:
        from ministack.services import s3

        if s3._buckets.get(physical_id, {}).get("objects"):
            raise ValueError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, "
                "Error Code: BucketNotEmpty)"
            )
        delete(physical_id, properties)

    return delete_empty


def _named(handler: Callable[..., Any], position: int) -> Callable[..., Any]:
    """Names a bucket as the account's own namespace does; `position`: where the properties are given."""

    def named(*arguments: Any) -> Any:
        given_properties = dict(arguments[position])
        if prefix := given_properties.get("BucketNamePrefix"):
            given_properties["BucketName"] = f"{prefix}-{current_account()}-us-east-1-an"
        return handler(*arguments[:position], given_properties, *arguments[position + 1 :])

    return named


def apply(emulated: dict[str, Any]) -> None:
    """Puts the rows above in place."""
    apply_rows(emulated, "AWS::S3::Bucket", "s3", BUCKET)
    apply_rows(emulated, "AWS::DynamoDB::Table", "dynamodb", TABLE)
    apply_rows(emulated, "AWS::DynamoDB::GlobalTable", "dynamodb", GLOBAL_TABLE)
    bucket = emulated["AWS::S3::Bucket"]
    bucket["create"], bucket["update"] = _named(bucket["create"], 1), _named(bucket["update"], 2)
    bucket["delete"] = _refuse_filled_bucket(bucket["delete"])
