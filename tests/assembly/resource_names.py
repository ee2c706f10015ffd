"""Which property names a resource, within which limits of AWS, by type; and which types have no name of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """The property that names a resource (parts of its path with dots between), and AWS's limits for it."""

    property: str
    length: int
    pattern: str = r"[\w-]+"


# From the CloudFormation reference of each type.
NAMES = {
    "AWS::ApiGateway::ApiKey": Name("Name", 128, r"[\w .-]+"),
    "AWS::ApiGateway::RequestValidator": Name("Name", 128, r"[\w .-]+"),
    "AWS::ApiGateway::RestApi": Name("Name", 128, r"[\w .-]+"),
    "AWS::ApiGateway::UsagePlan": Name("UsagePlanName", 128, r"[\w .-]+"),
    "AWS::ApiGatewayV2::VpcLink": Name("Name", 128, r"[\w .-]+"),
    "AWS::AutoScaling::AutoScalingGroup": Name("AutoScalingGroupName", 255),
    "AWS::CloudFront::OriginAccessControl": Name("OriginAccessControlConfig.Name", 64),
    "AWS::CloudFront::ResponseHeadersPolicy": Name("ResponseHeadersPolicyConfig.Name", 128),
    "AWS::CloudFront::VpcOrigin": Name("VpcOriginEndpointConfig.Name", 64),
    "AWS::CloudWatch::Alarm": Name("AlarmName", 255),
    "AWS::CloudWatch::CompositeAlarm": Name("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": Name("DashboardName", 255),
    "AWS::CodeBuild::Project": Name("Name", 150),
    "AWS::CodeBuild::ReportGroup": Name("Name", 128),
    "AWS::CodePipeline::Pipeline": Name("Name", 100),
    "AWS::DynamoDB::GlobalTable": Name("TableName", 255, r"[\w.-]{3,}"),
    "AWS::DynamoDB::Table": Name("TableName", 255, r"[\w.-]{3,}"),
    "AWS::EC2::LaunchTemplate": Name("LaunchTemplateName", 128, r"[\w().\-/]{3,}"),
    "AWS::EC2::SecurityGroup": Name("GroupName", 255, r"(?!sg-)[\w -]+"),
    "AWS::ECR::Repository": Name("RepositoryName", 256, r"[a-z0-9/_.-]+"),
    "AWS::ECS::Cluster": Name("ClusterName", 255),
    "AWS::ECS::Service": Name("ServiceName", 255),
    "AWS::ECS::TaskDefinition": Name("Family", 255),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Name("Name", 32, r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Name("Name", 32, r"[A-Za-z0-9][A-Za-z0-9-]*"),
    "AWS::Events::Rule": Name("Name", 64, r"[\w.-]+"),
    "AWS::IAM::InstanceProfile": Name("InstanceProfileName", 128, r"[\w+=,.@-]+"),
    "AWS::IAM::Role": Name("RoleName", 64, r"[\w+=,.@-]+"),
    "AWS::KMS::Alias": Name("AliasName", 256, r"alias/(?!aws/)[\w/-]+"),
    "AWS::Lambda::Function": Name("FunctionName", 64),
    "AWS::Logs::DeliveryDestination": Name("Name", 60),
    "AWS::Logs::DeliverySource": Name("Name", 60),
    "AWS::Logs::LogGroup": Name("LogGroupName", 512, r"(?!aws/)[\w/.#-]+"),
    "AWS::Logs::MetricFilter": Name("FilterName", 512),
    "AWS::Logs::ResourcePolicy": Name("PolicyName", 255),
    "AWS::RDS::DBCluster": Name("DBClusterIdentifier", 63, r"[a-z](?:-?[a-z0-9])*"),
    "AWS::RDS::DBClusterParameterGroup": Name("DBClusterParameterGroupName", 255, r"[a-z](?:-?[a-z0-9])*"),
    "AWS::RDS::DBInstance": Name("DBInstanceIdentifier", 63, r"[a-z](?:-?[a-z0-9])*"),
    "AWS::RDS::DBSubnetGroup": Name("DBSubnetGroupName", 255, r"[a-z](?:-?[a-z0-9])*"),
    # The account's id, the Region and "-an" follow, 26 of a bucket's 63 characters.
    "AWS::S3::Bucket": Name("BucketNamePrefix", 37, r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"),
    "AWS::SNS::Topic": Name("TopicName", 256),
    "AWS::Scheduler::Schedule": Name("Name", 64, r"[0-9a-zA-Z-_.]+"),
    "AWS::SecretsManager::Secret": Name("Name", 512, r"[\w/+=.@-]+"),
    "AWS::WAFv2::WebACL": Name("Name", 128),
}

# RDS and Container Insights write their logs to groups that they name after the cluster.
NAMED_AFTER_A_CLUSTER = re.compile(
    r"/aws/(?:rds/cluster/(?P<database>[^/]+)/postgresql|ecs/containerinsights/(?P<ecs>[^/]+)/performance)"
)
# Where the name is left to AWS, by the start of the logical id: CDK makes these and takes no name for them.
NAMED_BY_AWS = {
    "AWS::IAM::Role": ("Custom", "Delivery"),
    "AWS::CodeBuild::Project": ("DeliveryAssets",),
    # API Gateway writes its execution logs to groups that it names after the APIs' ids.
    "AWS::Logs::LogGroup": ("ApiRestApiExecutionLogs", "MaintenanceRestApiExecutionLogs"),
}


# Types that AWS gives no name, but an id, the name of their parent or a host name.
_NAMELESS = """
    ApiGateway::BasePathMapping ApiGateway::Deployment ApiGateway::DomainName ApiGateway::Method
    ApiGateway::Resource ApiGateway::Stage ApiGateway::UsagePlanKey ApplicationAutoScaling::ScalableTarget
    CertificateManager::Certificate CloudFront::Distribution CloudFront::MonitoringSubscription EC2::EIP
    EC2::EIPAssociation EC2::FlowLog EC2::InternetGateway EC2::NatGateway EC2::NetworkAcl EC2::NetworkAclEntry
    EC2::NetworkInterface EC2::Route EC2::RouteTable EC2::SecurityGroupEgress EC2::SecurityGroupIngress
    EC2::Subnet EC2::SubnetNetworkAclAssociation EC2::SubnetRouteTableAssociation EC2::VPC
    EC2::VPCEndpoint EC2::VPCGatewayAttachment ECS::ClusterCapacityProviderAssociations
    ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::ListenerRule KMS::Key Lambda::Permission
    Logs::Delivery Route53::HealthCheck Route53::RecordSet S3::BucketPolicy SNS::TopicPolicy
    WAFv2::LoggingConfiguration WAFv2::WebACLAssociation
"""
NAMELESS = frozenset(f"AWS::{type_}" for type_ in _NAMELESS.split())
# CDK names these after their construct, and nobody ever types the name: parts of a role, of a service, of a function.
NAMED_BY_CDK = {
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::IAM::Policy",
    "AWS::Lambda::LayerVersion",
}
# Types whose names must differ from each other's too.
ONE_SPACE = {"AWS::CloudWatch::CompositeAlarm": "AWS::CloudWatch::Alarm"}
