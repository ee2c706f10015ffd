"""S3, DynamoDB, RDS, KMS, Secrets Manager, log groups."""

from typing import Any

import jmespath  # type: ignore[import-untyped]

from ...here import client, current_account
from ...types.row import Call, Occasion, constant, given, identity
from ..readback import ReadBack, Source


def _bucket(method: str, path: str) -> Source:
    return Source(call=Call(method, Bucket=identity), path=path)


def _group_arn(occasion: Occasion) -> str:
    return f"arn:aws:logs:us-east-1:{current_account()}:log-group:{occasion.id}"


_TABLE = Source(call=Call("describe_table", TableName=identity), path="Table")
_RECOVERY = "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus"
_EXPIRY = Source(
    call=Call("describe_time_to_live", TableName=identity),
    path="TimeToLiveDescription.{AttributeName: AttributeName, Enabled: TimeToLiveStatus == 'ENABLED'}",
)
_SSE = "SSEDescription.{SSEEnabled: Status == 'ENABLED', SSEType: SSEType, KMSMasterKeyId: KMSMasterKeyArn}"
_BILLING = "BillingModeSummary.BillingMode"


def _replicas(table: Any) -> Any:
    """The one replica of a table in one Region: what CloudFormation declares on it."""
    if not table:
        return None
    dynamodb, name = client("dynamodb"), table["TableName"]
    backups = dynamodb.describe_continuous_backups(TableName=name)
    return {
        "Region": "us-east-1",
        "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled"),
        "GlobalSecondaryIndexes": table.get("GlobalSecondaryIndexes"),
        "SSESpecification": {"KMSMasterKeyId": table.get("SSEDescription", {}).get("KMSMasterKeyArn")},
        "Tags": dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": jmespath.search(f"{_RECOVERY} == 'ENABLED'", backups)
        },
    }


ROWS = (
    ReadBack(
        type="AWS::S3::Bucket",
        service="s3",
        source=Source(call=Call("head_bucket", Bucket=identity)),
        properties={
            "BucketName": _bucket("get_bucket_location", "'read by its name'"),
            "Tags": _bucket("get_bucket_tagging", "TagSet"),
            "PublicAccessBlockConfiguration": _bucket(
                "get_public_access_block", "PublicAccessBlockConfiguration"
            ),
            "VersioningConfiguration": _bucket("get_bucket_versioning", "@"),
            "OwnershipControls": _bucket("get_bucket_ownership_controls", "OwnershipControls"),
            "BucketEncryption": _bucket(
                "get_bucket_encryption",
                "{ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration.Rules[]"
                ".{ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault,"
                " BucketKeyEnabled: BucketKeyEnabled}}",
            ),
            "LifecycleConfiguration": _bucket(
                "get_bucket_lifecycle_configuration",
                "{Rules: Rules[].{Id: ID, Status: Status, Prefix: Filter.Prefix,"
                " ExpirationInDays: Expiration.Days,"
                " NoncurrentVersionExpiration: NoncurrentVersionExpiration,"
                " AbortIncompleteMultipartUpload: AbortIncompleteMultipartUpload}}",
            ),
            "LoggingConfiguration": _bucket(
                "get_bucket_logging",
                "LoggingEnabled.{DestinationBucketName: TargetBucket, LogFilePrefix: TargetPrefix}",
            ),
        },
        unread=("BucketName", "BucketNamePrefix", "BucketNamespace"),
    ),
    ReadBack(
        type="AWS::S3::BucketPolicy",
        service="s3",
        source=Source(call=Call("get_bucket_policy", Bucket=given("Bucket"))),
        properties={"PolicyDocument": "Policy"},
        unread=("Bucket",),
    ),
    ReadBack(
        type="AWS::DynamoDB::GlobalTable",
        service="dynamodb",
        source=_TABLE,
        properties={
            "BillingMode": _BILLING,
            "SSESpecification": _SSE,
            "TimeToLiveSpecification": _EXPIRY,
            "Replicas": _replicas,
        },
    ),
    ReadBack(
        type="AWS::DynamoDB::Table",
        service="dynamodb",
        source=_TABLE,
        properties={
            "BillingMode": _BILLING,
            "SSESpecification": _SSE,
            "TimeToLiveSpecification": _EXPIRY,
            "PointInTimeRecoverySpecification": Source(
                call=Call("describe_continuous_backups", TableName=identity),
                path=f"{{PointInTimeRecoveryEnabled: {_RECOVERY} == 'ENABLED'}}",
            ),
        },
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::RDS::DBCluster",
        service="rds",
        source=Source(call=Call("describe_db_clusters", DBClusterIdentifier=identity), path="DBClusters[0]"),
        properties={
            "DBSubnetGroupName": "DBSubnetGroup",
            "DBClusterParameterGroupName": "DBClusterParameterGroup",
            "VpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
            "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
            "ServerlessV2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
            "Tags": "TagList",
        },
        # What is asked of RDS; the answer is the secret itself.
        unread=("ManageMasterUserPassword", "MasterUserPassword"),
    ),
    ReadBack(
        type="AWS::RDS::DBInstance",
        service="rds",
        source=Source(
            call=Call("describe_db_instances", DBInstanceIdentifier=identity), path="DBInstances[0]"
        ),
        properties={
            "Tags": "TagList",
            "DBSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
            "EnablePerformanceInsights": "PerformanceInsightsEnabled",
            "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
        },
    ),
    ReadBack(
        type="AWS::RDS::DBSubnetGroup",
        service="rds",
        source=Source(
            call=Call("describe_db_subnet_groups", DBSubnetGroupName=identity), path="DBSubnetGroups[0]"
        ),
        properties={"SubnetIds": "Subnets[].SubnetIdentifier"},
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::KMS::Key",
        service="kms",
        source=Source(call=Call("describe_key", KeyId=identity), path="KeyMetadata"),
        properties={
            "KeyPolicy": Source(
                call=Call("get_key_policy", KeyId=identity, PolicyName=constant("default")), path="Policy"
            ),
            "EnableKeyRotation": Source(
                call=Call("get_key_rotation_status", KeyId=identity), path="KeyRotationEnabled"
            ),
            "Tags": Source(
                call=Call("list_resource_tags", KeyId=identity),
                path="Tags[].{Key: TagKey, Value: TagValue}",
            ),
        },
        unread=("PendingWindowInDays",),
    ),
    ReadBack(
        type="AWS::SecretsManager::Secret",
        service="secretsmanager",
        source=Source(call=Call("describe_secret", SecretId=identity)),
        unread=("GenerateSecretString", "SecretString"),
    ),
    ReadBack(
        type="AWS::Logs::LogGroup",
        service="logs",
        source=Source(
            call=Call("describe_log_groups", logGroupNamePrefix=identity, logGroupName=constant(None)),
            path="logGroups[0]",
        ),
        properties={
            "ResourcePolicyDocument": Source(
                call=Call("describe_resource_policies", resourceArn=_group_arn),
                path="resourcePolicies[0].policyDocument",
            )
        },
        unread=("Tags",),
    ),
)
