"""What an operator asks and the rehearsal does not do is refused in a sentence, not answered as done."""

from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.unsupported import TABLE, Unsupported

ACCOUNT = "111111111111"


@pytest.fixture
def operator(cloud: Cloud) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=cloud.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="rehearsal",  # noqa: S106  the emulator asks for any value
            config=Config(proxies={}, retries={"max_attempts": 0}, parameter_validation=False),
        )

    return client


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.operations[0])
def test_the_services_have_the_operations_of_the_table(row: Unsupported) -> None:
    known = botocore.session.get_session().get_service_model(row.service).operation_names
    assert [name for name in row.operations if name not in known] == []


CALLS = [
    ("rds", "failover_db_cluster", {"DBClusterIdentifier": "aurora"}, "does not fail over"),
    ("rds", "restore_db_cluster_to_point_in_time", {"DBClusterIdentifier": "a"}, "no backup"),
    ("rds", "create_db_instance", {"DBInstanceIdentifier": "a"}, "by CloudFormation alone"),
    (
        "rds",
        "create_blue_green_deployment",
        {"BlueGreenDeploymentName": "b", "Source": "arn:aws:rds:us-east-1:111111111111:cluster:aurora"},
        "master password RDS manages",
    ),
    ("rds", "modify_db_cluster", {"DBClusterIdentifier": "a", "Port": 5433}, "only RotateMasterUserPassword"),
    ("autoscaling", "start_instance_refresh", {"AutoScalingGroupName": "nat"}, "boots no EC2 instance"),
    (
        "dynamodb",
        "restore_table_to_point_in_time",
        {"SourceTableName": "a", "TargetTableName": "b", "RestoreDateTime": 1700000000},
        "no earlier state",
    ),
    ("guardduty", "list_detectors", {}, "no API of guardduty"),
]


@pytest.mark.parametrize(("service", "method", "given", "words"), CALLS, ids=[call[1] for call in CALLS])
def test_a_call_is_refused_in_a_sentence(
    operator: Callable[[str], Any], service: str, method: str, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words) as refused:
        getattr(operator(service), method)(**given)
    assert refused.value.response["Error"]["Code"] == "NotRehearsed"


def test_what_is_acted_out_reaches_its_service(operator: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        operator("rds").modify_db_cluster(
            DBClusterIdentifier="nowhere", RotateMasterUserPassword=True, ApplyImmediately=True
        )
    with pytest.raises(ClientError, match="TableNotFoundException"):
        operator("dynamodb").restore_table_to_point_in_time(
            SourceTableName="nowhere", TargetTableName="b", UseLatestRestorableTime=True
        )


def test_handlers_of_resource_types_may_call_what_an_operator_may_not(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        client("rds").modify_db_cluster(DBClusterIdentifier="nowhere", Port=5433)
