"""Aurora and the session tables."""

from __future__ import annotations

import json

from portal_stage.data.aurora import MASTER_USER
from tests.unit.templates import Stage, Template


def test_the_writer_has_two_readers_to_take_over(stage: Stage) -> None:
    instances = stage.data.properties("AWS::RDS::DBInstance")
    tiers = {instance["DBInstanceIdentifier"]: instance["PromotionTier"] for instance in instances}
    assert tiers == {"aurora-writer-test": 0, "aurora-reader-1-test": 1, "aurora-reader-2-test": 2}
    assert not any(instance["PubliclyAccessible"] for instance in instances)


def test_no_two_instances_share_a_zone(stage: Stage, large: Stage) -> None:
    for data in (stage.data, large.data):
        zones = [instance["AvailabilityZone"] for instance in data.properties("AWS::RDS::DBInstance")]
        assert len({json.dumps(zone) for zone in zones}) == 3
        assert all("AvailabilityZone" in zone["Fn::ImportValue"] for zone in zones)


def test_the_cluster_is_encrypted_with_the_environments_key(stage: Stage) -> None:
    cluster = stage.data.one("AWS::RDS::DBCluster")
    assert cluster["StorageEncrypted"] is True
    assert _is_the_key(cluster["KmsKeyId"])
    assert _is_the_key(cluster["PerformanceInsightsKmsKeyId"])


def test_rds_makes_the_masters_secret_and_no_password_is_in_the_template(stage: Stage) -> None:
    cluster = stage.data.one("AWS::RDS::DBCluster")
    assert cluster["ManageMasterUserPassword"] is True
    assert _is_the_key(cluster["MasterUserSecret"]["KmsKeyId"])
    assert "MasterUserPassword" not in cluster


def test_the_backends_user_has_a_generated_password_of_its_own(stage: Stage) -> None:
    secret = stage.data.one("AWS::SecretsManager::Secret", Name="backend-database-test")
    generated = secret["GenerateSecretString"]
    assert json.loads(generated["SecretStringTemplate"])["username"] != MASTER_USER
    assert generated["GenerateStringKey"] == "password"
    assert generated["PasswordLength"] >= 32
    # The verifier of other than printable ASCII would differ between clients.
    assert generated["ExcludePunctuation"] is True
    assert _is_the_key(secret["KmsKeyId"])
    (resource,) = stage.data.resources("AWS::SecretsManager::Secret").values()
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_the_database_refuses_a_connection_without_tls(stage: Stage) -> None:
    cluster = stage.data.one("AWS::RDS::DBCluster")
    parameters = stage.data.body["Resources"][cluster["DBClusterParameterGroupName"]["Ref"]]["Properties"]
    assert parameters["Parameters"]["rds.force_ssl"] == "1"


def test_connections_and_slow_statements_are_logged_and_no_values_with_them(stage: Stage) -> None:
    parameters = stage.data.one("AWS::RDS::DBClusterParameterGroup")["Parameters"]
    assert parameters["log_connections"] == parameters["log_disconnections"] == "1"
    assert int(parameters["log_min_duration_statement"]) > 0
    assert parameters["log_parameter_max_length"] == parameters["log_parameter_max_length_on_error"] == "0"
    assert stage.data.one("AWS::RDS::DBCluster")["EnableCloudwatchLogsExports"] == ["postgresql"]


def test_a_week_can_be_taken_back(stage: Stage) -> None:
    assert stage.data.one("AWS::RDS::DBCluster")["BackupRetentionPeriod"] >= 7


def test_the_database_lives_in_the_data_subnets_only(stage: Stage) -> None:
    subnets = json.dumps(stage.data.one("AWS::RDS::DBSubnetGroup")["SubnetIds"])
    assert subnets.count("Vpcdata") == subnets.count("ImportValue") == 3


def test_destroying_the_cluster_leaves_no_snapshot(stage: Stage) -> None:
    (cluster,) = stage.data.resources("AWS::RDS::DBCluster").values()
    assert (cluster["DeletionPolicy"], cluster["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_the_log_group_exists_before_the_cluster_would_make_its_own(stage: Stage) -> None:
    (cluster,) = stage.data.resources("AWS::RDS::DBCluster").values()
    (logs,) = stage.data.resources("AWS::Logs::LogGroup")
    assert logs in cluster["DependsOn"]
    assert stage.data.one("AWS::Logs::LogGroup")["LogGroupName"] == "/aws/rds/cluster/aurora-test/postgresql"


def test_capacity_is_serverless_unless_an_instance_type_is_given(stage: Stage, large: Stage) -> None:
    def classes(data: Template) -> set[str]:
        return {instance["DBInstanceClass"] for instance in data.properties("AWS::RDS::DBInstance")}

    assert classes(stage.data) == {"db.serverless"}
    assert classes(large.data) == {"db.r8g.large"}


def test_sessions_are_found_by_customer_and_by_device_in_order_of_time(stage: Stage) -> None:
    for table, time in (("sessions-test", "created_at"), ("session-events-test", "occurred_at")):
        indexes = stage.data.one("AWS::DynamoDB::GlobalTable", TableName=table)["GlobalSecondaryIndexes"]
        keys = {index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]] for index in indexes}
        assert keys == {"by-customer": ["customer_id", time], "by-device": ["device_id", time]}


def test_an_event_does_not_overwrite_the_one_before_it(stage: Stage) -> None:
    keys = stage.data.one("AWS::DynamoDB::GlobalTable", TableName="session-events-test")["KeySchema"]
    assert [key["AttributeName"] for key in keys] == ["session_id", "occurred_at"]


def test_the_tables_are_encrypted_restorable_and_forget(stage: Stage) -> None:
    for table in stage.data.properties("AWS::DynamoDB::GlobalTable"):
        (replica,) = table["Replicas"]
        assert _is_the_key(replica["SSESpecification"]["KMSMasterKeyId"])
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def _is_the_key(reference: dict[str, str]) -> bool:
    return reference["Fn::ImportValue"].startswith("foundation-test:ExportsOutputFnGetAttKey")
