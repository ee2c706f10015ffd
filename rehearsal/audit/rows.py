"""How each kind of resource is listed, so that a destroyed portal can be looked for in every corner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """One listing of an account: a boto3 method, its arguments, and a JMESPath to identifiers in its answer.

    `types` are the CloudFormation types that would be found by it. `each` names another listing whose
    identifiers are given, one at a time, as the argument `each_as`.
    """

    service: str
    method: str
    ids: str
    types: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    each: "Row | None" = None
    each_as: str = ""


def row(service: str, method: str, ids: str, *types: str, **arguments: Any) -> Row:
    """A row without a parent; a type without `AWS::` in front gets it."""
    return Row(service=service, method=method, ids=ids, types=_typed(types), arguments=arguments)


def under(parent: Row, argument: str, service: str, method: str, ids: str, *types: str) -> Row:
    """A row that is listed once for each identifier of its parent's."""
    return Row(service=service, method=method, ids=ids, types=_typed(types), each=parent, each_as=argument)


def _typed(types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"AWS::{name}" for name in types)


APIS = row("apigateway", "get_rest_apis", "items[].id", "ApiGateway::RestApi")
CLUSTERS = row("ecs", "list_clusters", "clusterArns[]", "ECS::Cluster")
ZONES = row("route53", "list_hosted_zones", "HostedZones[].Id", "Route53::HostedZone")
BALANCERS = row(
    "elbv2",
    "describe_load_balancers",
    "LoadBalancers[].LoadBalancerArn",
    "ElasticLoadBalancingV2::LoadBalancer",
)
DOMAINS = row("apigateway", "get_domain_names", "items[].domainName", "ApiGateway::DomainName")

ROWS = (
    row(
        "cloudformation",
        "list_stacks",
        "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName",
        "CloudFormation::Stack",
    ),
    APIS,
    under(APIS, "restApiId", "apigateway", "get_stages", "item[].stageName", "ApiGateway::Stage"),
    under(APIS, "restApiId", "apigateway", "get_deployments", "items[].id", "ApiGateway::Deployment"),
    under(
        APIS,
        "restApiId",
        "apigateway",
        "get_resources",
        "items[].id",
        "ApiGateway::Resource",
        "ApiGateway::Method",
    ),
    row("apigateway", "get_api_keys", "items[].id", "ApiGateway::ApiKey"),
    row("apigateway", "get_usage_plans", "items[].id", "ApiGateway::UsagePlan", "ApiGateway::UsagePlanKey"),
    DOMAINS,
    under(
        DOMAINS,
        "domainName",
        "apigateway",
        "get_base_path_mappings",
        "items[].basePath",
        "ApiGateway::BasePathMapping",
    ),
    row(
        "autoscaling",
        "describe_auto_scaling_groups",
        "AutoScalingGroups[].AutoScalingGroupName",
        "AutoScaling::AutoScalingGroup",
    ),
    row(
        "acm",
        "list_certificates",
        "CertificateSummaryList[].CertificateArn",
        "CertificateManager::Certificate",
    ),
    row("cloudfront", "list_distributions", "DistributionList.Items[].Id", "CloudFront::Distribution"),
    row(
        "cloudfront",
        "list_origin_access_controls",
        "OriginAccessControlList.Items[].Id",
        "CloudFront::OriginAccessControl",
    ),
    row(
        "cloudfront",
        "list_response_headers_policies",
        "ResponseHeadersPolicyList.Items[].ResponseHeadersPolicy.Id",
        "CloudFront::ResponseHeadersPolicy",
        Type="custom",
    ),
    row("cloudfront", "list_vpc_origins", "VpcOriginList.Items[].Id", "CloudFront::VpcOrigin"),
    row("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName", "CloudWatch::Alarm"),
    row("codebuild", "list_projects", "projects[]", "CodeBuild::Project"),
    row("codepipeline", "list_pipelines", "pipelines[].name", "CodePipeline::Pipeline"),
    row("dynamodb", "list_tables", "TableNames[]", "DynamoDB::GlobalTable", "DynamoDB::Table"),
    row("ec2", "describe_addresses", "Addresses[].AllocationId", "EC2::EIP", "EC2::EIPAssociation"),
    row("ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId", "EC2::InternetGateway"),
    row("ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId", "EC2::LaunchTemplate"),
    row("ec2", "describe_network_acls", "NetworkAcls[].NetworkAclId", "EC2::NetworkAcl"),
    row(
        "ec2",
        "describe_network_interfaces",
        "NetworkInterfaces[].NetworkInterfaceId",
        "EC2::NetworkInterface",
    ),
    row("ec2", "describe_route_tables", "RouteTables[].RouteTableId", "EC2::RouteTable", "EC2::Route"),
    row(
        "ec2",
        "describe_security_groups",
        "SecurityGroups[].GroupId",
        "EC2::SecurityGroup",
        "EC2::SecurityGroupIngress",
        "EC2::SecurityGroupEgress",
    ),
    row("ec2", "describe_subnets", "Subnets[].SubnetId", "EC2::Subnet", "EC2::SubnetRouteTableAssociation"),
    row("ec2", "describe_vpc_endpoints", "VpcEndpoints[].VpcEndpointId", "EC2::VPCEndpoint"),
    row("ec2", "describe_vpcs", "Vpcs[].VpcId", "EC2::VPC", "EC2::VPCGatewayAttachment"),
    CLUSTERS,
    under(CLUSTERS, "cluster", "ecs", "list_services", "serviceArns[]", "ECS::Service"),
    under(CLUSTERS, "cluster", "ecs", "list_tasks", "taskArns[]", "ECS::Task"),
    row("ecs", "list_task_definitions", "taskDefinitionArns[]", "ECS::TaskDefinition", status="ACTIVE"),
    BALANCERS,
    under(
        BALANCERS,
        "LoadBalancerArn",
        "elbv2",
        "describe_listeners",
        "Listeners[].ListenerArn",
        "ElasticLoadBalancingV2::Listener",
        "ElasticLoadBalancingV2::ListenerRule",
    ),
    row(
        "elbv2",
        "describe_target_groups",
        "TargetGroups[].TargetGroupArn",
        "ElasticLoadBalancingV2::TargetGroup",
    ),
    row("iam", "list_roles", "Roles[].RoleName", "IAM::Role", "IAM::Policy"),
    row("iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName", "IAM::InstanceProfile"),
    row("iam", "list_policies", "Policies[].PolicyName", "IAM::ManagedPolicy", Scope="Local"),
    # A key that is to be deleted is listed for days to come; the name that it had is not.
    row("kms", "list_aliases", "Aliases[].AliasName", "KMS::Alias", "KMS::Key"),
    row("lambda", "list_functions", "Functions[].FunctionName", "Lambda::Function"),
    row("lambda", "list_layers", "Layers[].LayerName", "Lambda::LayerVersion"),
    row("logs", "describe_log_groups", "logGroups[].logGroupName", "Logs::LogGroup"),
    row("rds", "describe_db_clusters", "DBClusters[].DBClusterIdentifier", "RDS::DBCluster"),
    row(
        "rds",
        "describe_db_cluster_snapshots",
        "DBClusterSnapshots[].DBClusterSnapshotIdentifier",
        "RDS::Snapshot",
    ),
    row("rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier", "RDS::DBInstance"),
    row(
        "rds",
        "describe_db_cluster_parameter_groups",
        "DBClusterParameterGroups[].DBClusterParameterGroupName",
        "RDS::DBClusterParameterGroup",
    ),
    row("rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupName", "RDS::DBSubnetGroup"),
    ZONES,
    under(
        ZONES,
        "HostedZoneId",
        "route53",
        "list_resource_record_sets",
        "ResourceRecordSets[].join(' ', [Name, Type])",
        "Route53::RecordSet",
    ),
    row("scheduler", "list_schedules", "Schedules[].Name", "Scheduler::Schedule"),
    row("s3", "list_buckets", "Buckets[].Name", "S3::Bucket", "S3::BucketPolicy"),
    row("secretsmanager", "list_secrets", "SecretList[].Name", "SecretsManager::Secret"),
    row("sns", "list_topics", "Topics[].TopicArn", "SNS::Topic"),
    row("ssm", "describe_parameters", "Parameters[].Name", "SSM::Parameter"),
)
