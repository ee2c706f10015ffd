"""The data tier as it was decided: Aurora with two readers, two tables of sessions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

SESSION_INDEXES = {"by-customer": "customer_id", "by-device": "device_id"}
INSTANCE = "AWS::RDS::DBInstance"


@invariant
def aurora_has_a_writer_and_two_readers(synthesis: Synthesis) -> Iterator[str]:
    """Three instances of one class, whose order of promotion is fixed."""
    for template in synthesis.tier("data"):
        instances = [instance for _, instance in template.properties(INSTANCE)]
        tiers = sorted(instance.get("PromotionTier", 1) for instance in instances)
        if tiers != [0, 1, 2]:
            yield told(template.stack, "Aurora", found=f"promotion tiers {tiers}", wanted=[0, 1, 2])
        classes = sorted({instance["DBInstanceClass"] for instance in instances})
        if len(classes) != 1:
            yield told(template.stack, "Aurora", found=f"classes {classes}", wanted="one")


@invariant
def aurora_survives_a_zone(synthesis: Synthesis) -> Iterator[str]:
    """Each instance names a zone, and no two the same one."""
    for template in synthesis.tier("data"):
        zones = [json.dumps(one.get("AvailabilityZone")) for _, one in template.properties(INSTANCE)]
        if "null" in zones or len(set(zones)) != len(zones):
            yield told(template.stack, "Aurora", found=zones, wanted="a zone for each instance")


@invariant
def aurora_is_serverless_or_sized(synthesis: Synthesis) -> Iterator[str]:
    """A cluster of `db.serverless` has its capacity's bounds, and a provisioned one has none."""
    for template, logical_id, properties in synthesis.properties("AWS::RDS::DBCluster"):
        serverless = {instance["DBInstanceClass"] for _, instance in template.properties(INSTANCE)} == {
            "db.serverless"
        }
        capacity = properties.get("ServerlessV2ScalingConfiguration")
        fits = capacity is None or 0.5 <= capacity["MinCapacity"] <= capacity["MaxCapacity"]
        if serverless != (capacity is not None) or not fits:
            yield told(
                template.stack, logical_id, found=f"capacity {capacity}", wanted=f"serverless {serverless}"
            )


@invariant
def aurora_is_backed_up(synthesis: Synthesis) -> Iterator[str]:
    """For a week at least, while it lives."""
    for template, logical_id, properties in synthesis.properties("AWS::RDS::DBCluster"):
        days = properties.get("BackupRetentionPeriod", 1)
        if days < 7:
            yield told(template.stack, logical_id, found=f"{days} days of backups", wanted="7 or more")


@invariant
def aurora_logs_who_comes_and_goes(synthesis: Synthesis) -> Iterator[str]:
    """Connections are logged, and the log leaves the instances; no statement's parameters do."""
    wanted = {"log_connections": "1", "log_disconnections": "1", "log_parameter_max_length": "0"}
    for template, logical_id, properties in synthesis.properties("AWS::RDS::DBClusterParameterGroup"):
        found = {name: properties["Parameters"].get(name) for name in wanted}
        if found != wanted:
            yield told(template.stack, logical_id, found=found, wanted=wanted)
    for template, logical_id, properties in synthesis.properties("AWS::RDS::DBCluster"):
        if "postgresql" not in properties.get("EnableCloudwatchLogsExports", []):
            yield told(template.stack, logical_id, found="no export of its log", wanted="postgresql")


@invariant
def sessions_are_on_demand_and_recoverable(synthesis: Synthesis) -> Iterator[str]:
    """Two tables, paid by request, restorable to any second, whose items end by themselves."""
    for template in synthesis.tier("data"):
        tables = dict(template.properties("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"))
        if len(tables) != 2:
            yield told(template.stack, "sessions", found=f"{len(tables)} tables", wanted=2)
        for logical_id, table in tables.items():
            replicas = table.get("Replicas", [table])
            found = {
                "BillingMode": table.get("BillingMode"),
                "TimeToLive": table.get("TimeToLiveSpecification", {}).get("Enabled"),
                "Recovery": [
                    one.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")
                    for one in replicas
                ],
            }
            wanted = {"BillingMode": "PAY_PER_REQUEST", "TimeToLive": True, "Recovery": [True]}
            if found != wanted:
                yield told(template.stack, logical_id, found=found, wanted=wanted)


@invariant
def sessions_are_found_by_customer_and_device(synthesis: Synthesis) -> Iterator[str]:
    """Each table answers the portal's two questions by an index, never by a scan."""
    for template, logical_id, table in synthesis.properties(
        "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"
    ):
        found = {
            index["IndexName"]: key["AttributeName"]
            for index in table.get("GlobalSecondaryIndexes", [])
            for key in index["KeySchema"]
            if key["KeyType"] == "HASH"
        }
        if found != SESSION_INDEXES:
            yield told(template.stack, logical_id, found=f"indexes {found}", wanted=SESSION_INDEXES)
