"""Ways to lose hold of a log."""

from __future__ import annotations

from tests.assembly.invariants import logs
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties, remove, resource


@breaks(logs.log_groups_expire)
def keep_logs_forever(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-staging", "AWS::Logs::LogGroup")["RetentionInDays"]


@breaks(logs.log_groups_expire)
def keep_logs_for_a_month(synthesis: Synthesis) -> None:
    properties(synthesis, "data-prod", "AWS::Logs::LogGroup")["RetentionInDays"] = 30


@breaks(logs.functions_log_to_the_template)
def let_a_function_make_its_log_group(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", "AWS::Lambda::Function")["LoggingConfig"]


@breaks(logs.builds_log_to_the_template)
def let_a_build_make_its_log_group(synthesis: Synthesis) -> None:
    del properties(synthesis, "pipeline-tools", "AWS::CodeBuild::Project")["LogsConfig"]


@breaks(logs.containers_log_to_the_template)
def let_a_container_name_its_log_group(synthesis: Synthesis) -> None:
    task = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition")
    task["ContainerDefinitions"][0]["LogConfiguration"]["Options"]["awslogs-group"] = "/ecs/other-dev"


@breaks(logs.containers_log_to_the_template)
def let_a_container_make_its_log_group(synthesis: Synthesis) -> None:
    task = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition")
    task["ContainerDefinitions"][0]["LogConfiguration"]["Options"]["awslogs-create-group"] = "true"


@breaks(logs.api_execution_logs_are_ours)
def make_the_maintenance_page_before_its_log_group(synthesis: Synthesis) -> None:
    del resource(synthesis, "portal-prod", "AWS::ApiGateway::Stage", "Maintenance")["DependsOn"]


@breaks(logs.database_logs_are_ours)
def export_another_log(synthesis: Synthesis) -> None:
    cluster = properties(synthesis, "data-dev", "AWS::RDS::DBCluster")
    cluster["EnableCloudwatchLogsExports"].append("upgrade")


@breaks(logs.database_logs_are_ours)
def make_the_cluster_before_its_log_group(synthesis: Synthesis) -> None:
    del resource(synthesis, "data-prod", "AWS::RDS::DBCluster")["DependsOn"]


@breaks(logs.container_insights_are_ours)
def leave_insights_to_ecs(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::Logs::LogGroup", "ContainersInsights")


@breaks(logs.container_insights_are_ours)
def turn_insights_off(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::ECS::Cluster")["ClusterSettings"][0]["Value"] = "disabled"


@breaks(logs.groups_carry_their_own_policies)
def take_one_of_the_accounts_ten_policies(synthesis: Synthesis) -> None:
    add(
        synthesis,
        "pipeline-tools",
        "AWS::Logs::ResourcePolicy",
        PolicyName="log-delivery-tools",
        PolicyDocument="{}",
    )


@breaks(logs.nobody_creates_a_log_group)
def let_a_provider_create_its_log_group_again(synthesis: Synthesis) -> None:
    role = properties(synthesis, "portal-dev", "AWS::IAM::Role", "AutoDeleteObjects")
    role["Policies"][0]["PolicyDocument"]["Statement"][-1]["Action"].append("logs:CreateLogGroup")


@breaks(logs.nobody_creates_a_log_group)
def let_the_publishers_create_the_builds_log_group_again(synthesis: Synthesis) -> None:
    policy = properties(synthesis, "pipeline-tools", "AWS::IAM::Policy", "AssetsFileRole")["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]


@breaks(logs.networks_log_their_flows)
def log_rejected_traffic_only(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", "AWS::EC2::FlowLog")["TrafficType"] = "REJECT"


@breaks(logs.networks_log_their_flows)
def log_flows_into_a_group_that_is_not(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", "AWS::EC2::FlowLog")["LogGroupName"] = "/vpc/flow-logs-other"
