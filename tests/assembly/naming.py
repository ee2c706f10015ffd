"""The rule of names, `{resource-type}-{suffix}`, and what AWS admits, by resource type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.assembly.synthesis import Synthesis


@dataclass(frozen=True)
class Name:
    """The property that names a resource, and AWS's limits for it."""

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
    "AWS::ECS::Cluster": Name("ClusterName", 255),
    "AWS::ECS::Service": Name("ServiceName", 255),
    "AWS::ECS::TaskDefinition": Name("Family", 255),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Name("Name", 32, r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Name("Name", 32, r"[A-Za-z0-9][A-Za-z0-9-]*"),
    "AWS::Events::Rule": Name("Name", 64, r"[\w.-]+"),
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
    # API Gateway writes its execution log to a group that it names after the API's id.
    "AWS::Logs::LogGroup": ("ApiRestApiExecutionLogs",),
}


def names_follow_the_rule(synthesis: Synthesis) -> Iterator[str]:
    """Every physical name is `{resource-type}-{suffix}` and within the limits of its type."""
    environments = tuple({f"-{template.suffix}" for template in synthesis.templates})
    for template in synthesis.templates:
        # The pipeline holds one build per environment, which carries that environment's suffix.
        endings = environments if template.tier == "pipeline" else (f"-{template.suffix}",)
        for logical_id, resource in template.resources(*NAMES):
            rule = NAMES[resource["Type"]]
            name = resource.get("Properties", {}).get(rule.property)
            if not isinstance(name, str) and logical_id.startswith(NAMED_BY_AWS.get(resource["Type"], ())):
                continue
            if not isinstance(name, str) or not NAMED_AFTER_A_CLUSTER.sub(
                r"\g<database>\g<ecs>", name
            ).endswith(endings):
                yield f"{template.stack} {logical_id}: {rule.property} {name!r} does not end with the suffix"
            elif len(name) > rule.length or not re.fullmatch(rule.pattern, name):
                yield f"{template.stack} {logical_id}: {name!r} is not {rule.pattern} of at most {rule.length}"
