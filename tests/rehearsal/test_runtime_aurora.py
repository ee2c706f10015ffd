"""Aurora as CloudFormation makes it, with PostgreSQL answering behind its endpoint names."""

import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from rehearsal.cloud import Cloud
from rehearsal.runtime.aurora import Aurora
from rehearsal.runtime.postgres import PROGRAMS, nearest_major
from tests.rehearsal.tls_tunnel import SSL_REQUEST, tunnel

ACCOUNT = "111111111111"
PSQL = str(PROGRAMS[16] / "psql")


def template(*, readers: int = 2, force_ssl: str = "1", **cluster: Any) -> dict[str, Any]:
    group = {
        "Family": "aurora-postgresql16",
        "Description": "ours",
        "Parameters": {"rds.force_ssl": force_ssl},
    }
    properties = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.11",
        "DBClusterIdentifier": "aurora-dev",
        "MasterUsername": "portal_admin",
        "ManageMasterUserPassword": True,
        "DatabaseName": "portal",
        "DBClusterParameterGroupName": {"Ref": "Parameters"},
        **cluster,
    }
    resources: dict[str, Any] = {
        "Parameters": {"Type": "AWS::RDS::DBClusterParameterGroup", "Properties": group},
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": properties},
        "Writer": instance("aurora-writer-dev"),
    }
    for number in range(1, readers + 1):
        resources[f"Reader{number}"] = {**instance(f"aurora-reader-{number}-dev"), "DependsOn": "Writer"}
    outputs = {
        name: {"Value": {"Fn::GetAtt": ["Cluster", attribute]}}
        for name, attribute in {
            "Secret": "MasterUserSecret.SecretArn",
            "WriterHost": "Endpoint.Address",
            "ReaderHost": "ReadEndpoint.Address",
            "Port": "Endpoint.Port",
        }.items()
    }
    return {"Resources": resources, "Outputs": outputs}


def instance(name: str) -> dict[str, Any]:
    properties = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.serverless",
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": {"Ref": "Cluster"},
    }
    return {"Type": "AWS::RDS::DBInstance", "Properties": properties}


@dataclass
class Place:
    cloud: Cloud
    aurora: Aurora
    authority: trustme.CA

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT)

    def deploy(self, described: dict[str, Any], *, change: str = "create") -> str:
        api = self.client("cloudformation")
        getattr(api, f"{change}_stack")(StackName="data", TemplateBody=json.dumps(described))
        deadline = time.monotonic() + 30
        while (status := str(self.stack()["StackStatus"])).endswith("IN_PROGRESS"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return status

    def stack(self) -> Any:
        return self.client("cloudformation").describe_stacks(StackName="data")["Stacks"][0]

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack()["Outputs"]}

    def secret(self) -> dict[str, str]:
        value = self.client("secretsmanager").get_secret_value(SecretId=self.outputs()["Secret"])
        secret: dict[str, str] = json.loads(value["SecretString"])
        return secret

    def address(self, *, writer: bool) -> str:
        """Where the edge finds an instance: in the emulator's record."""
        from ministack.core.responses import request_scope
        from ministack.services import rds

        with request_scope(ACCOUNT, "us-east-1"):
            members = rds._clusters["aurora-dev"]["DBClusterMembers"]
            names = [each["DBInstanceIdentifier"] for each in members if each["IsClusterWriter"] is writer]
            return str(rds._instances[names[0]]["_internal_address"])

    def sql(self, statement: str, *, writer: bool = True, host: str = "", password: str = "") -> str:
        """What psql prints, or why it fails; TLS is verified for `host`, the cluster's endpoint by default."""
        secret = self.secret()
        host = host or self.outputs()["WriterHost" if writer else "ReaderHost"]
        context = ssl.create_default_context(cadata=self.authority.cert_pem.bytes().decode())
        with tunnel((self.address(writer=writer), 5432), context, host) as port:
            words = [
                PSQL,
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                secret["username"],
                "-d",
                "portal",
                "-At",
            ]
            result = subprocess.run(
                [*words, "-c", statement],
                env={**os.environ, "PGPASSWORD": password or secret["password"], "PGSSLMODE": "disable"},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        return (result.stdout + result.stderr).strip()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    state = tmp_path_factory.mktemp("state")
    authority = trustme.CA()

    def issue(names: Iterable[str]) -> tuple[Path, Path]:
        leaf = authority.issue_cert(*names)
        files = tmp_path_factory.mktemp("leaf")
        leaf.private_key_pem.write_to_path(str(files / "key"))
        (files / "certificate").write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        return files / "certificate", files / "key"

    with Cloud(state) as cloud:
        aurora = Aurora(state, issue)
        aurora.install()
        yield Place(cloud, aurora, authority)
        aurora.stop()


@pytest.fixture(scope="module")
def deployed(place: Place) -> Place:
    assert place.deploy(template()) == "CREATE_COMPLETE"
    return place


def test_endpoints_have_the_form_of_aws(deployed: Place) -> None:
    outputs = deployed.outputs()
    writer, _, rest = outputs["WriterHost"].partition(".cluster-")
    assert (writer, rest.partition(".")[2]) == ("aurora-dev", "us-east-1.rds.amazonaws.com")
    assert outputs["ReaderHost"].startswith("aurora-dev.cluster-ro-")
    assert outputs["Port"] == "5432"


def test_describe_calls_tell_one_writer_and_two_readers(deployed: Place) -> None:
    cluster = deployed.client("rds").describe_db_clusters(DBClusterIdentifier="aurora-dev")["DBClusters"][0]
    roles = {each["DBInstanceIdentifier"]: each["IsClusterWriter"] for each in cluster["DBClusterMembers"]}
    assert roles == {"aurora-writer-dev": True, "aurora-reader-1-dev": False, "aurora-reader-2-dev": False}
    assert cluster["MasterUserSecret"]["SecretArn"] == deployed.outputs()["Secret"]


def test_the_managed_secret_opens_the_database_over_verified_tls(deployed: Place) -> None:
    assert deployed.secret()["username"] == "portal_admin"
    assert deployed.sql("select current_user, pg_is_in_recovery()") == "portal_admin|f"


def test_another_password_is_refused(deployed: Place) -> None:
    assert 'password authentication failed for user "portal_admin"' in deployed.sql("select 1", password="x")  # noqa: S106 - a wrong one on purpose


def test_the_master_user_is_no_superuser_but_owns_its_database(deployed: Place) -> None:
    assert deployed.sql("create schema app").endswith("CREATE SCHEMA")
    assert deployed.sql("create role app login").endswith("CREATE ROLE")
    assert "permission denied" in deployed.sql("create role root superuser")


def test_readers_follow_the_writer_and_refuse_to_write(deployed: Place) -> None:
    deployed.sql("create table notes (text text)")
    deployed.sql("insert into notes values ('written once')")

    deadline = time.monotonic() + 5
    while deployed.sql("select text from notes", writer=False) != "written once":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    refused = deployed.sql("insert into notes values ('no')", writer=False)
    assert "cannot execute INSERT in a read-only transaction" in refused


def test_the_certificate_is_only_for_the_clusters_own_names(deployed: Place) -> None:
    context = ssl.create_default_context(cadata=deployed.authority.cert_pem.bytes().decode())
    with socket.create_connection((deployed.address(writer=True), 5432)) as plain:
        plain.sendall(SSL_REQUEST)
        assert plain.recv(1) == b"S"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            context.wrap_socket(plain, server_hostname="aurora-dev.cluster-other.us-east-1.rds.amazonaws.com")


def test_without_tls_force_ssl_refuses_in_postgresqls_words(deployed: Place) -> None:
    assert plainly(deployed) == (
        'no pg_hba.conf entry for host "127.0.0.1", user "portal_admin", database "portal", no encryption'
    )


def test_force_ssl_off_lets_plain_connections_in_at_once(deployed: Place) -> None:
    assert deployed.deploy(template(force_ssl="0"), change="update") == "UPDATE_COMPLETE"
    assert plainly(deployed) == "f"
    assert deployed.deploy(template(force_ssl="1"), change="update") == "UPDATE_COMPLETE"


def plainly(place: Place) -> str:
    """What psql answers or why it fails without TLS."""
    secret = place.secret()
    words = [PSQL, "-h", place.address(writer=True), "-U", secret["username"], "-d", "portal", "-At"]
    result = subprocess.run(
        [*words, "-c", "select pg_is_in_recovery()"],
        env={**os.environ, "PGPASSWORD": secret["password"]},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or result.stderr.partition("FATAL:")[2].strip()


def test_the_version_that_stands_in_is_said(deployed: Place) -> None:
    assert [note.rpartition(" ")[0] for note in deployed.aurora.differences] == [
        "database aurora-dev: Aurora 16.11 stood in for by PostgreSQL"
    ]


def test_an_update_in_place_keeps_the_data(deployed: Place) -> None:
    deployed.sql("create table kept (n int)")

    assert deployed.deploy(template(BackupRetentionPeriod=7), change="update") == "UPDATE_COMPLETE"

    cluster = deployed.client("rds").describe_db_clusters(DBClusterIdentifier="aurora-dev")["DBClusters"][0]
    assert cluster["BackupRetentionPeriod"] == 7
    assert deployed.sql("select count(*) from kept") == "0"


def test_deleting_the_stack_leaves_neither_server_nor_secret_nor_file(deployed: Place) -> None:
    address = deployed.address(writer=True)
    api = deployed.client("cloudformation")

    api.delete_stack(StackName="data")
    waiter = api.get_waiter("stack_delete_complete")
    waiter.config.delay = 0.1
    waiter.wait(StackName="data")

    assert deployed.client("rds").describe_db_clusters()["DBClusters"] == []
    assert deployed.client("secretsmanager").list_secrets()["SecretList"] == []
    assert not [path for path in (deployed.cloud.state / "databases").rglob("*") if path.is_file()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 5432))


def test_another_engine_is_refused(place: Place) -> None:
    assert place.deploy(template(Engine="aurora-mysql", EngineVersion="8.0")) == "ROLLBACK_COMPLETE"
    events = place.client("cloudformation").describe_stack_events(StackName="data")["StackEvents"]
    assert any(
        "Engine 'aurora-mysql': the rehearsal runs" in each.get("ResourceStatusReason", "") for each in events
    )
    place.client("cloudformation").delete_stack(StackName="data")


@pytest.mark.parametrize(("wanted", "runs"), [(16, 16), (17, 18), (18, 18), (15, 16), (19, 18)])
def test_the_nearest_major_version_runs(wanted: int, runs: int) -> None:
    assert nearest_major(wanted) == runs


def test_what_is_said_of_monitoring_is_described(place: Place) -> None:
    said = {"DatabaseInsightsMode": "standard", "EnableCloudwatchLogsExports": ["postgresql"]}
    insights = {"PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": 7}
    described = template(readers=0, DBClusterIdentifier="monitored", **said, **insights)
    described["Resources"]["Writer"]["Properties"] |= {"EnablePerformanceInsights": True}
    described["Resources"]["Writer"]["Properties"]["DBInstanceIdentifier"] = "monitored-writer"
    api = place.client("cloudformation")
    api.create_stack(StackName="monitored", TemplateBody=json.dumps(described))
    api.get_waiter("stack_create_complete").wait(
        StackName="monitored", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )

    rds = place.client("rds")
    cluster = rds.describe_db_clusters(DBClusterIdentifier="monitored")["DBClusters"][0]
    assert cluster["DatabaseInsightsMode"] == "standard"
    assert cluster["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert cluster["PerformanceInsightsEnabled"] is True
    writer = rds.describe_db_instances(DBInstanceIdentifier="monitored-writer")["DBInstances"][0]
    assert writer["PerformanceInsightsEnabled"] is True
