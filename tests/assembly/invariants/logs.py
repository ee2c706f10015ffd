"""Log groups are in the templates, encrypted and short-lived; no service makes one behind our back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.assembly.policies import statements
from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis, Template

GROUP = "AWS::Logs::LogGroup"
CREATE = "logs:CreateLogGroup"
# CDK lets a build create the group with the name of its project, to which none of ours logs.
_OF_A_PROJECT = re.compile(r"arn:aws:logs:[^:]+:[^:]+:log-group:/aws/codebuild/<\w+>(:\*)?")


@invariant
def log_groups_expire(synthesis: Synthesis) -> Iterator[str]:
    """Logs are kept for 7 or 14 days."""
    yield from each_has(synthesis, GROUP, field="RetentionInDays", wanted=[7, 14])


@invariant
def functions_log_to_the_template(synthesis: Synthesis) -> Iterator[str]:
    """Lambda makes a group that never expires for a function that names none."""
    for template, logical_id, properties in synthesis.properties("AWS::Lambda::Function"):
        group = properties.get("LoggingConfig", {}).get("LogGroup")
        yield from _unless_ours(synthesis, template, logical_id, group)


@invariant
def builds_log_to_the_template(synthesis: Synthesis) -> Iterator[str]:
    """CodeBuild makes a group that never expires for a project that names none."""
    for template, logical_id, properties in synthesis.properties("AWS::CodeBuild::Project"):
        group = properties.get("LogsConfig", {}).get("CloudWatchLogs", {}).get("GroupName")
        yield from _unless_ours(synthesis, template, logical_id, group)


@invariant
def containers_log_to_the_template(synthesis: Synthesis) -> Iterator[str]:
    """Every container writes to a group of the template, and may not make one."""
    for template, logical_id, properties in synthesis.properties("AWS::ECS::TaskDefinition"):
        for container in properties["ContainerDefinitions"]:
            options = container.get("LogConfiguration", {}).get("Options", {})
            yield from _unless_ours(synthesis, template, logical_id, options.get("awslogs-group"))
            if "awslogs-create-group" in options:
                yield told(template.stack, logical_id, found="awslogs-create-group", wanted="no such option")


@invariant
def api_execution_logs_are_ours(synthesis: Synthesis) -> Iterator[str]:
    """A stage that logs its executions waits for their group, which API Gateway would make without an end."""
    for template, logical_id, stage in synthesis.resources("AWS::ApiGateway::Stage"):
        properties = stage["Properties"]
        levels = {setting.get("LoggingLevel", "OFF") for setting in properties.get("MethodSettings", [])}
        name = {
            "Fn::Join": [
                "",
                ["API-Gateway-Execution-Logs_", properties["RestApiId"], f"/{properties['StageName']}"],
            ]
        }
        if levels - {"OFF"}:
            yield from _unless_made_before(template, logical_id, stage, name)


@invariant
def database_logs_are_ours(synthesis: Synthesis) -> Iterator[str]:
    """The cluster waits for the groups of the logs that it exports."""
    for template, logical_id, cluster in synthesis.resources("AWS::RDS::DBCluster"):
        properties = cluster["Properties"]
        for log in properties.get("EnableCloudwatchLogsExports", []):
            name = f"/aws/rds/cluster/{properties['DBClusterIdentifier']}/{log}"
            yield from _unless_made_before(template, logical_id, cluster, name)


@invariant
def container_insights_are_ours(synthesis: Synthesis) -> Iterator[str]:
    """The cluster waits for the group into which Container Insights writes."""
    for template, logical_id, cluster in synthesis.resources("AWS::ECS::Cluster"):
        properties = cluster["Properties"]
        settings = {setting["Name"]: setting["Value"] for setting in properties.get("ClusterSettings", [])}
        if settings.get("containerInsights") not in ("enabled", "enhanced"):
            yield told(template.stack, logical_id, found="no Container Insights", wanted="enhanced")
        else:
            name = f"/aws/ecs/containerinsights/{properties['ClusterName']}/performance"
            yield from _unless_made_before(template, logical_id, cluster, name)


@invariant
def networks_log_their_flows(synthesis: Synthesis) -> Iterator[str]:
    """Accepted and rejected traffic of each VPC goes into a group of the template."""
    logged = {}
    for template, logical_id, properties in synthesis.properties("AWS::EC2::FlowLog"):
        if properties["TrafficType"] == "ALL":
            logged |= dict.fromkeys(synthesis.pointed_at(template, properties["ResourceId"]), logical_id)
        yield from _unless_ours(synthesis, template, logical_id, properties.get("LogGroupName"))
    for template, logical_id, _ in synthesis.properties("AWS::EC2::VPC"):
        if (template.stack, logical_id) not in logged:
            yield told(template.stack, logical_id, found="no flow log", wanted="one of all traffic")


@invariant
def groups_carry_their_own_policies(synthesis: Synthesis) -> Iterator[str]:
    """An account has room for ten policies of CloudWatch Logs in a Region; a group's own is not one of them."""
    for template, logical_id, _ in synthesis.properties("AWS::Logs::ResourcePolicy"):
        yield told(
            template.stack, logical_id, found="a policy of the account", wanted="ResourcePolicyDocument"
        )


@invariant
def nobody_creates_a_log_group(synthesis: Synthesis) -> Iterator[str]:
    """Lambda and CodeBuild write late, as the role: one that may create groups brings a deleted one back."""
    # No action has a wildcard: that is held by another invariant.
    creating = [each for each in statements(synthesis) if CREATE in each.actions]
    denied = {(each.stack, each.logical_id) for each in creating if not each.allows}
    for statement in creating:
        where = (statement.stack, statement.logical_id)
        for resource in statement.resources if statement.allows and where not in denied else ():
            if not _OF_A_PROJECT.fullmatch(resource):
                yield told(*where, found=f"{CREATE} on {resource}", wanted="no role that creates log groups")


def _unless_ours(synthesis: Synthesis, template: Template, logical_id: str, group: Any) -> Iterator[str]:
    if not template.places(GROUP).intersection(synthesis.pointed_at(template, group)):
        yield told(template.stack, logical_id, found=f"the log group {group}", wanted="one of the template")


def _unless_made_before(
    template: Template, logical_id: str, resource: dict[str, Any], name: Any
) -> Iterator[str]:
    groups = [id_ for id_, group in template.properties(GROUP) if group.get("LogGroupName") == name]
    if not groups:
        yield told(template.stack, logical_id, found="no log group of its own", wanted=name)
    elif groups[0] not in resource.get("DependsOn", []):
        yield told(template.stack, logical_id, found=f"no DependsOn {groups[0]}", wanted="the group first")
