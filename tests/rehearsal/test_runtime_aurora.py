"""Aurora as CloudFormation makes it, with PostgreSQL answering behind its endpoint names."""

import os
import socket
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from rehearsal.__main__ import main
from rehearsal.client import Endpoint
from rehearsal.client.tls_tunnel import SSL_REQUEST
from rehearsal.cloud import Cloud, stacks
from rehearsal.commands import psql
from rehearsal.runtime.aurora import Aurora
from rehearsal.runtime.postgres_programs import nearest_major
from tests.rehearsal.runtime.databases import ACCOUNT, Place, template
from tests.rehearsal.waiting import wait_for


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

    wait_for(lambda: deployed.sql("select text from notes", writer=False) == "written once")
    refused = deployed.sql("insert into notes values ('no')", writer=False)
    assert "cannot execute INSERT in a read-only transaction" in refused


def test_a_rotation_changes_the_secret_and_the_password_with_it(deployed: Place) -> None:
    before = deployed.secret()["password"]

    deployed.client("rds").modify_db_cluster(
        DBClusterIdentifier="aurora-dev", RotateMasterUserPassword=True, ApplyImmediately=True
    )

    assert deployed.secret()["password"] != before
    assert deployed.sql("select 1") == "1"
    assert "password authentication failed" in deployed.sql("select 1", password=before)


def test_the_certificate_is_only_for_the_clusters_own_names(deployed: Place) -> None:
    context = ssl.create_default_context(cadata=deployed.authority.cert_pem.bytes().decode())
    with socket.create_connection((deployed.address(writer=True), 5432)) as plain:
        plain.sendall(SSL_REQUEST)
        assert plain.recv(1) == b"S"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            context.wrap_socket(plain, server_hostname="aurora-dev.cluster-other.us-east-1.rds.amazonaws.com")


def test_without_tls_force_ssl_refuses_in_postgresqls_words(deployed: Place) -> None:
    assert deployed.plainly() == (
        'no pg_hba.conf entry for host "127.0.0.1", user "portal_admin", database "portal", no encryption'
    )


def test_force_ssl_off_lets_plain_connections_in_at_once(deployed: Place) -> None:
    assert deployed.deploy(template(force_ssl="0"), change="update") == "UPDATE_COMPLETE"
    assert deployed.plainly() == "f"
    assert deployed.deploy(template(force_ssl="1"), change="update") == "UPDATE_COMPLETE"


def test_the_version_that_stands_in_is_said(deployed: Place) -> None:
    assert [note.rpartition(" ")[0] for note in deployed.aurora.differences] == [
        "database aurora-dev: Aurora 16.11 stood in for by PostgreSQL"
    ]


def test_the_command_psql_opens_the_database_as_its_master_over_verified_tls(
    deployed: Place,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # GIVEN a shell that trusts the authority, and a resolver that knows the writer
    bundle = tmp_path / "bundle.pem"
    deployed.authority.cert_pem.write_to_path(str(bundle))
    endpoint = Endpoint(
        pid=0,
        url=deployed.cloud.endpoint,
        region="us-east-1",
        account=ACCOUNT,
        pipeline="",
        repository="",
        branch="",
    )
    variables = {"SSL_CERT_FILE": str(bundle), "PATH": os.environ["PATH"]}
    operator = SimpleNamespace(endpoint=endpoint, account=lambda _: ACCOUNT)
    operator.shell = lambda _: variables
    monkeypatch.setattr(psql, "Operator", lambda _root: operator)
    monkeypatch.setattr(psql, "_address", lambda *_: (deployed.address(writer=True), 5432))

    # WHEN it is asked who is there
    code = main(
        ["psql", "--project", str(tmp_path), "dev", "-Atc", "SELECT current_user, current_database()"]
    )

    assert (code, capfd.readouterr().out.strip()) == (0, "portal_admin|portal")


def test_an_update_in_place_keeps_the_data(deployed: Place) -> None:
    deployed.sql("create table kept (n int)")

    assert deployed.deploy(template(BackupRetentionPeriod=7), change="update") == "UPDATE_COMPLETE"

    cluster = deployed.client("rds").describe_db_clusters(DBClusterIdentifier="aurora-dev")["DBClusters"][0]
    assert cluster["BackupRetentionPeriod"] == 7
    assert deployed.sql("select count(*) from kept") == "0"


def test_deleting_the_stack_leaves_neither_server_nor_secret_nor_file(deployed: Place) -> None:
    address = deployed.address(writer=True)

    stacks.delete(deployed.client("cloudformation"), "data")

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


def test_a_server_that_cannot_be_made_leaves_no_file(place: Place) -> None:
    taken = template(readers=0, DBClusterIdentifier="taken", MasterUsername="rdsadmin")
    with pytest.raises(stacks.DeploymentFailed, match='role "rdsadmin" already exists'):
        stacks.deploy(place.client("cloudformation"), "taken", taken)

    assert not list((place.cloud.state / "databases").rglob("*/data"))


@pytest.mark.parametrize(("wanted", "runs"), [(16, 16), (17, 18), (18, 18), (15, 16), (19, 18)])
def test_the_nearest_major_version_runs(wanted: int, runs: int) -> None:
    assert nearest_major(wanted) == runs


def test_what_is_said_of_monitoring_is_described(place: Place) -> None:
    said = {"DatabaseInsightsMode": "standard", "EnableCloudwatchLogsExports": ["postgresql"]}
    insights = {"PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": 7}
    described = template(readers=0, DBClusterIdentifier="monitored", **said, **insights)
    described["Resources"]["Writer"]["Properties"] |= {"EnablePerformanceInsights": True}
    described["Resources"]["Writer"]["Properties"]["DBInstanceIdentifier"] = "monitored-writer"
    stacks.deploy(place.client("cloudformation"), "monitored", described)

    rds = place.client("rds")
    cluster = rds.describe_db_clusters(DBClusterIdentifier="monitored")["DBClusters"][0]
    assert cluster["DatabaseInsightsMode"] == "standard"
    assert cluster["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert cluster["PerformanceInsightsEnabled"] is True
    writer = rds.describe_db_instances(DBInstanceIdentifier="monitored-writer")["DBInstances"][0]
    assert writer["PerformanceInsightsEnabled"] is True
