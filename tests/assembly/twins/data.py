"""Ways to weaken the data tier, and to write secrets down."""

from __future__ import annotations

import json
from typing import Any

from tests.assembly.invariants import data, secrets
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import properties, remove

CLUSTER, INSTANCE, TABLE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::DynamoDB::GlobalTable"


@breaks(data.aurora_has_a_writer_and_two_readers)
def lose_a_reader(synthesis: Synthesis) -> None:
    for template in synthesis.templates:
        if template.tier == "data":
            properties(synthesis, template.stack, INSTANCE, "reader2")["PromotionTier"] = 1


@breaks(data.aurora_has_a_writer_and_two_readers)
def promote_into_a_smaller_class(synthesis: Synthesis) -> None:
    properties(synthesis, "data-prod", INSTANCE, "reader1")["DBInstanceClass"] = "db.r8g.medium"


@breaks(data.aurora_survives_a_zone)
def let_rds_draw_a_zone(synthesis: Synthesis) -> None:
    reader = properties(synthesis, "data-prod", INSTANCE, "reader2")
    _tag(reader, reader.pop("AvailabilityZone"))


@breaks(data.aurora_survives_a_zone)
def put_a_reader_beside_the_writer(synthesis: Synthesis) -> None:
    writer, reader = (properties(synthesis, "data-prod", INSTANCE, one) for one in ("writer", "reader1"))
    _tag(reader, reader["AvailabilityZone"])
    reader["AvailabilityZone"] = writer["AvailabilityZone"]


def _tag(instance: dict[str, Any], zone: Any) -> None:
    """The zone's export stays in use: that one is not is another invariant's."""
    instance["Tags"].append({"Key": "Zone", "Value": zone})


@breaks(data.aurora_is_serverless_or_sized)
def forget_the_capacity(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-dev", CLUSTER)["ServerlessV2ScalingConfiguration"]


@breaks(data.aurora_is_serverless_or_sized)
def ask_for_more_than_the_most(synthesis: Synthesis) -> None:
    properties(synthesis, "data-dev", CLUSTER)["ServerlessV2ScalingConfiguration"]["MinCapacity"] = 64


@breaks(data.aurora_is_backed_up)
def back_up_for_a_day(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", CLUSTER)["BackupRetentionPeriod"]


@breaks(data.aurora_logs_who_comes_and_goes)
def log_no_connection(synthesis: Synthesis) -> None:
    group = properties(synthesis, "data-prod", "AWS::RDS::DBClusterParameterGroup")
    del group["Parameters"]["log_connections"]


@breaks(data.aurora_logs_who_comes_and_goes)
def keep_the_log_on_the_instances(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", CLUSTER)["EnableCloudwatchLogsExports"]


@breaks(data.sessions_are_on_demand_and_recoverable)
def provision_a_table(synthesis: Synthesis) -> None:
    properties(synthesis, "data-dev", TABLE)["BillingMode"] = "PROVISIONED"


@breaks(data.sessions_are_on_demand_and_recoverable)
def give_up_recovery(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-dev", TABLE)["Replicas"][0]["PointInTimeRecoverySpecification"]


@breaks(data.sessions_are_on_demand_and_recoverable)
def keep_sessions_forever(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", TABLE, "Events")["TimeToLiveSpecification"]


@breaks(data.sessions_are_on_demand_and_recoverable)
def keep_sessions_in_one_table(synthesis: Synthesis) -> None:
    remove(synthesis, "data", TABLE, "Events")


@breaks(data.sessions_are_found_by_customer_and_device)
def scan_for_a_device(synthesis: Synthesis) -> None:
    properties(synthesis, "data-dev", TABLE)["GlobalSecondaryIndexes"].pop()


@breaks(secrets.templates_hold_no_secret)
def write_an_access_key_down(synthesis: Synthesis) -> None:
    task = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]
    task["Environment"].append({"Name": "AWS_ID", "Value": "AKIA" + 16 * "A"})


@breaks(secrets.templates_hold_no_secret)
def write_a_password_into_a_url(synthesis: Synthesis) -> None:
    task = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]
    task["Environment"].append({"Name": "DATABASE", "Value": "postgres://portal:portal@aurora/portal"})


@breaks(secrets.secrets_have_no_text)
def choose_an_api_key(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", "AWS::ApiGateway::ApiKey")["Value"] = "customers-key"


@breaks(secrets.the_master_password_is_managed)
def manage_the_password_elsewhere(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", CLUSTER)["ManageMasterUserPassword"]


@breaks(secrets.the_master_serves_the_migration_only)
def hand_the_backend_the_masters_secret(synthesis: Synthesis) -> None:
    backend, migrate = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition", "Backend")[
        "ContainerDefinitions"
    ]
    backend["Secrets"] = migrate["Secrets"]


@breaks(secrets.the_master_serves_the_migration_only)
def let_the_backend_read_the_masters_secret(synthesis: Synthesis) -> None:
    policies = [
        properties(synthesis, "portal-dev", "AWS::IAM::Policy", f"Backend{role}role")["PolicyDocument"]
        for role in ("execution", "task")
    ]
    given, taken = (policy["Statement"] for policy in policies)
    taken.append(next(one for one in given if "MasterUserSecret" in json.dumps(one)))


@breaks(secrets.variables_name_no_secret)
def hand_a_function_a_token(synthesis: Synthesis) -> None:
    probe = properties(synthesis, "portal-prod", "AWS::Lambda::Function", "Probe")
    probe["Environment"]["Variables"] |= {"PROBE_TOKEN": "open-sesame"}


@breaks(secrets.variables_name_no_secret)
def hand_a_container_a_password(synthesis: Synthesis) -> None:
    task = properties(synthesis, "portal-dev", "AWS::ECS::TaskDefinition", "Backend")["ContainerDefinitions"][
        0
    ]
    task["Environment"].append({"Name": "DB_PASSWORD", "Value": "portal"})


@breaks(secrets.variables_name_no_secret)
def hand_a_build_a_secret(synthesis: Synthesis) -> None:
    project = properties(synthesis, "pipeline-tools", "AWS::CodeBuild::Project")
    project["Environment"]["EnvironmentVariables"] = [{"Name": "NPM_TOKEN", "Value": "npm"}]
