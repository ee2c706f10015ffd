"""What a resource costs by the month while nobody uses it: a rule for each type, by the keys of `prices.toml`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cost.assembly import Properties, Stack
from cost.prices import COUNTS

Line = tuple[str, float]
"""The key of a price, and how many of it."""
Rule = Callable[[Stack, str, Properties], Iterator[Line]]


def _each(*lines: Line) -> Rule:
    def rule(_stack: Stack, _id: str, _properties: Properties) -> Iterator[Line]:
        yield from lines

    return rule


def _endpoint(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    if properties["VpcEndpointType"] == "Interface":
        yield "interface_endpoint", len(properties["SubnetIds"])


def _instances(stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    """The instances of a group, which are the NAT's, with their volumes and the metric that each tells."""
    number = int(properties["MinSize"])
    yield "custom_metric", number
    template = stack.referred(properties["LaunchTemplate"]["LaunchTemplateId"])["LaunchTemplateData"]
    yield f"ec2 {template['InstanceType']}", number
    for device in template["BlockDeviceMappings"]:
        yield f"{device['Ebs']['VolumeType']}_gb", number * device["Ebs"]["VolumeSize"]


def _cluster_of_databases(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    if properties.get("ManageMasterUserPassword"):
        yield "secret", 1


def _database(stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    if properties["DBInstanceClass"] == "db.serverless":
        cluster = stack.referred(properties["DBClusterIdentifier"])
        yield "aurora_acu", cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"]
    else:
        yield f"aurora {properties['DBInstanceClass']}", 1


def _service(stack: Stack, id_: str, properties: Properties) -> Iterator[Line]:
    task = stack.referred(properties["TaskDefinition"])
    architecture = task["RuntimePlatform"]["CpuArchitecture"].lower()
    for provider, number in _spread(
        least_tasks(stack, id_, properties), properties["CapacityProviderStrategy"]
    ):
        capacity = f"{provider.lower().replace('_', '-')} {architecture}"
        yield f"{capacity} vcpu", number * int(task["Cpu"]) / 1024
        yield f"{capacity} gb", number * int(task["Memory"]) / 1024


def least_tasks(stack: Stack, id_: str, properties: Properties) -> int:
    """How many tasks of a service run at least: what its scaling goes down to, or what it is told to run."""
    for _, target in stack.properties("AWS::ApplicationAutoScaling::ScalableTarget"):
        if id_ in json.dumps(target["ResourceId"]):
            return int(target["MinCapacity"])
    return int(properties["DesiredCount"])


def _spread(tasks: int, strategy: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """The tasks by capacity provider: the bases first, the rest by weight."""
    rest = tasks - sum(provider.get("Base", 0) for provider in strategy)
    weights = sum(provider["Weight"] for provider in strategy)
    for provider in strategy:
        number = provider.get("Base", 0) + rest * provider["Weight"] / weights
        if number:
            yield provider["CapacityProvider"], number


def _insights(stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    """Container Insights, as metrics of the cluster, of its services, and of the tasks that run at least."""
    if {"Name": "containerInsights", "Value": "enhanced"} not in properties["ClusterSettings"]:
        return
    number = COUNTS["container_insights_metrics_per_cluster"]
    for id_, service in stack.properties("AWS::ECS::Service"):
        number += COUNTS["container_insights_metrics_per_service"]
        number += COUNTS["container_insights_metrics_per_task"] * least_tasks(stack, id_, service)
    yield "container_insights_metric", number


def _web_acl(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    yield "waf_acl", 1
    yield "waf_rule", len(properties["Rules"])


def _alarm(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    """An alarm on an expression is charged for each metric in it."""
    yield "alarm_metric", sum("MetricStat" in query for query in properties.get("Metrics", ())) or 1


def _scaling(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    """Auto Scaling makes alarms of its own for a target that it tracks."""
    if properties["PolicyType"] == "TargetTrackingScaling":
        yield "alarm_metric", COUNTS["alarms_per_target_tracking_policy"]


def _health_check(_stack: Stack, _id: str, properties: Properties) -> Iterator[Line]:
    yield "health_check", 1
    if properties["HealthCheckConfig"]["Type"].startswith("HTTPS"):
        yield "health_check_option", 1


RULES: dict[str, Rule] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": _scaling,
    "AWS::AutoScaling::AutoScalingGroup": _instances,
    "AWS::CloudFront::MonitoringSubscription": _each(
        ("custom_metric", COUNTS["cloudfront_additional_metrics"])
    ),
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _each(("composite_alarm", 1)),
    "AWS::CloudWatch::Dashboard": _each(("dashboard", 1)),
    "AWS::EC2::EIP": _each(("public_ipv4", 1)),
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ECS::Cluster": _insights,
    "AWS::ECS::Service": _service,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _each(("alb", 1)),
    "AWS::KMS::Key": _each(("kms_key", 1)),
    "AWS::Logs::MetricFilter": _each(("custom_metric", 1)),
    "AWS::RDS::DBCluster": _cluster_of_databases,
    "AWS::RDS::DBInstance": _database,
    "AWS::Route53::HealthCheck": _health_check,
    "AWS::SecretsManager::Secret": _each(("secret", 1)),
    "AWS::WAFv2::WebACL": _web_acl,
}
