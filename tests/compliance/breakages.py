"""What each house rule is to find: resources that break it, and only it, as a template would hold them."""

from __future__ import annotations

from typing import Any, NamedTuple


class Broken(NamedTuple):
    """One resource that breaks a rule; `attributes` stand beside its properties."""

    rule: str
    type: str
    properties: dict[str, Any]
    attributes: dict[str, Any] = {}  # noqa: RUF012 - never changed


def _statement(**fields: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::static-dev/*",
        **fields,
    }
    return {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def _bucket(**fields: Any) -> dict[str, Any]:
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "BucketNamePrefix": "static-dev",
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
        "PublicAccessBlockConfiguration": dict.fromkeys(closed, True),
        **fields,
    }


def _without(properties: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in properties.items() if field != name}


CLUSTER = {
    "DBClusterIdentifier": "aurora-dev",
    "Engine": "aurora-postgresql",
    "StorageEncrypted": True,
    "KmsKeyId": "alias/portal-dev",
    "ManageMasterUserPassword": True,
}
GOES = {"DeletionPolicy": "Delete"}
TABLE = {
    "TableName": "sessions-dev",
    "SSESpecification": {"SSEEnabled": True},
    "Replicas": [{"Region": "us-east-1", "SSESpecification": {"KMSMasterKeyId": "alias/portal-dev"}}],
}
FUNCTION = {"FunctionName": "probe-dev", "LoggingConfig": {"LogGroup": "/aws/lambda/probe-dev"}}
BALANCER = {"Name": "alb-dev", "Scheme": "internal"}
LISTENER = {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}
DISTRIBUTION = {
    "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2025"},
    "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
    "CacheBehaviors": [{"ViewerProtocolPolicy": "redirect-to-https"}],
}
GROUP = {"GroupName": "alb-sg-dev"}
OPEN = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
METADATA = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
CONTAINER = {"Name": "backend", "Image": "backend", "Environment": [{"Name": "DB_PASSWORD", "Value": "x"}]}
VARIABLE = {"Name": "NPM_TOKEN", "Type": "PLAINTEXT", "Value": "x"}


def _rds(**fields: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return "AWS::RDS::DBCluster", {**CLUSTER, **fields}, GOES


BROKEN = [
    Broken("NO_RETENTION", "AWS::SNS::Subscription", {}, {"DeletionPolicy": "Retain"}),
    Broken("NO_RETENTION", "AWS::SNS::Subscription", {}, {"DeletionPolicy": "RetainExceptOnCreate"}),
    Broken("NO_RETENTION", "AWS::SNS::Subscription", {}, {"UpdateReplacePolicy": "Snapshot"}),
    Broken("NO_RETENTION", "AWS::RDS::DBCluster", CLUSTER),
    Broken("NO_DELETION_PROTECTION", *_rds(DeletionProtection=True)),
    Broken("NO_DELETION_PROTECTION", "AWS::Cognito::UserPool", {"DeletionProtection": "ACTIVE"}),
    Broken("NO_DELETION_PROTECTION", "AWS::DynamoDB::Table", {"DeletionProtectionEnabled": True}),
    Broken(
        "NO_DELETION_PROTECTION",
        "AWS::DynamoDB::GlobalTable",
        {**TABLE, "Replicas": [{**TABLE["Replicas"][0], "DeletionProtectionEnabled": True}]},  # type: ignore[index]
    ),
    Broken(
        "NO_DELETION_PROTECTION",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {**BALANCER, "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
    ),
    Broken("LOGS_EXPIRE", "AWS::Logs::LogGroup", {"KmsKeyId": "alias/portal-dev"}),
    Broken("LOGS_EXPIRE", "AWS::Logs::LogGroup", {"KmsKeyId": "alias/portal-dev", "RetentionInDays": 365}),
    Broken("LOGS_EXPIRE", "AWS::Logs::LogGroup", {"RetentionInDays": 7}),
    Broken("FUNCTIONS_LOG_HERE", "AWS::Lambda::Function", {"FunctionName": "probe-dev"}),
    Broken(
        "NO_OPEN_INGRESS",
        "AWS::EC2::SecurityGroup",
        {**GROUP, "SecurityGroupIngress": [{**OPEN, "CidrIp": "0.0.0.0/0"}]},
    ),
    Broken(
        "NO_OPEN_INGRESS",
        "AWS::EC2::SecurityGroup",
        {**GROUP, "SecurityGroupIngress": [{**OPEN, "CidrIpv6": "::/0"}]},
    ),
    Broken("NO_OPEN_INGRESS", "AWS::EC2::SecurityGroupIngress", {**OPEN, "CidrIp": "0.0.0.0/0"}),
    Broken("NO_OPEN_INGRESS", "AWS::EC2::SecurityGroupIngress", {**OPEN, "CidrIpv6": "::/0"}),
    Broken("NO_PUBLIC_ADDRESS", "AWS::EC2::Subnet", {"MapPublicIpOnLaunch": True}),
    Broken(
        "NO_PUBLIC_ADDRESS",
        "AWS::ECS::Service",
        {
            "ServiceName": "backend-dev",
            "NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}},
        },
    ),
    Broken("NO_PUBLIC_ADDRESS", "AWS::RDS::DBInstance", {"PubliclyAccessible": True}, GOES),
    Broken(
        "NO_PUBLIC_ADDRESS",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {**BALANCER, "Scheme": "internet-facing"},
    ),
    Broken("NO_NAT_GATEWAY", "AWS::EC2::NatGateway", {}),
    Broken("NO_PLAIN_TEXT_SECRET", *_rds(MasterUserPassword="x")),
    Broken("NO_PLAIN_TEXT_SECRET", "AWS::SecretsManager::Secret", {"SecretString": "x"}),
    Broken("NO_PLAIN_TEXT_SECRET", "AWS::ApiGateway::ApiKey", {"Value": "x"}),
    Broken("NO_PLAIN_TEXT_SECRET", "AWS::ECS::TaskDefinition", {"ContainerDefinitions": [CONTAINER]}),
    Broken(
        "NO_PLAIN_TEXT_SECRET",
        "AWS::CodeBuild::Project",
        {"Environment": {"EnvironmentVariables": [VARIABLE]}},
    ),
    Broken(
        "NO_PLAIN_TEXT_SECRET",
        "AWS::Lambda::Function",
        {**FUNCTION, "Environment": {"Variables": {"ApiToken": "x"}}},
    ),
    Broken("BUCKETS_ARE_PRIVATE", "AWS::S3::Bucket", _without(_bucket(), "BucketEncryption")),
    Broken("BUCKETS_ARE_PRIVATE", "AWS::S3::Bucket", _without(_bucket(), "PublicAccessBlockConfiguration")),
    Broken("ENCRYPTED_AT_REST", *_rds(StorageEncrypted=False)),
    Broken("ENCRYPTED_AT_REST", "AWS::RDS::DBCluster", _without(CLUSTER, "KmsKeyId"), GOES),
    Broken("ENCRYPTED_AT_REST", "AWS::DynamoDB::GlobalTable", _without(TABLE, "SSESpecification")),
    Broken(
        "ENCRYPTED_AT_REST", "AWS::DynamoDB::GlobalTable", {**TABLE, "Replicas": [{"Region": "us-east-1"}]}
    ),
    Broken("ENCRYPTED_AT_REST", "AWS::SNS::Topic", {"TopicName": "alarms-dev"}),
    Broken("ENCRYPTED_IN_TRANSIT", "AWS::ElasticLoadBalancingV2::Listener", {**LISTENER, "Protocol": "HTTP"}),
    Broken(
        "ENCRYPTED_IN_TRANSIT",
        "AWS::ElasticLoadBalancingV2::Listener",
        {**LISTENER, "SslPolicy": "ELBSecurityPolicy-2016-08"},
    ),
    *(
        Broken("ENCRYPTED_IN_TRANSIT", "AWS::CloudFront::Distribution", {"DistributionConfig": config})
        for config in (
            {**DISTRIBUTION, "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.1_2016"}},
            {**DISTRIBUTION, "DefaultCacheBehavior": {"ViewerProtocolPolicy": "allow-all"}},
            {**DISTRIBUTION, "CacheBehaviors": [{"ViewerProtocolPolicy": "allow-all"}]},
        )
    ),
    Broken("ENCRYPTED_IN_TRANSIT", "AWS::ApiGateway::DomainName", {"SecurityPolicy": "TLS_1_0"}),
    Broken(
        "ENCRYPTED_IN_TRANSIT", "AWS::RDS::DBClusterParameterGroup", {"Parameters": {"rds.force_ssl": "0"}}
    ),
    Broken("NO_ALL_ACTIONS", "AWS::IAM::Policy", _statement(Action="*")),
    Broken("NO_ALL_ACTIONS", "AWS::IAM::Policy", _statement(Action="s3:*")),
    Broken("NO_ALL_ACTIONS", "AWS::IAM::Policy", _statement(Action=["s3:GetObject", "*"])),
    Broken("NO_ALL_ACTIONS", "AWS::IAM::ManagedPolicy", _statement(Action=["s3:GetObject", "kms:*"])),
    Broken("NO_ALL_ACTIONS", "AWS::IAM::Policy", _statement(NotAction="iam:*")),
    Broken(
        "IMDSV2",
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"MetadataOptions": {**METADATA, "HttpTokens": "optional"}}},
    ),
    Broken(
        "IMDSV2",
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"MetadataOptions": {**METADATA, "HttpPutResponseHopLimit": 2}}},
    ),
    Broken("IMDSV2", "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"InstanceType": "t4g.nano"}}),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::Lambda::Function", _without(FUNCTION, "FunctionName")),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::Lambda::Function", {**FUNCTION, "FunctionName": "Probe"}),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::ECS::Cluster", {"ClusterName": "ecs"}),
    Broken("NAMES_END_WITH_SUFFIX", *_rds(DBClusterIdentifier="aurora")),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::DynamoDB::GlobalTable", {**TABLE, "TableName": "Sessions"}),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::SNS::Topic", {"KmsMasterKeyId": "alias/portal-dev"}),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::S3::Bucket", _bucket(BucketNamePrefix="static")),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::CloudWatch::Alarm", {"AlarmName": "unavailable"}),
    Broken("NAMES_END_WITH_SUFFIX", "AWS::EC2::SecurityGroup", {}),
    Broken(
        "NAMES_END_WITH_SUFFIX", "AWS::ElasticLoadBalancingV2::LoadBalancer", {**BALANCER, "Name": "portal"}
    ),
]
