"""Aurora PostgreSQL as CloudFormation's types: the emulator's records, with servers that answer behind them.

The first instance of a cluster is its writer; every further one is a streaming follower. Endpoint names are
AWS's in form; who resolves them finds each instance's address in the emulator's record (`_internal_address`).
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypedDict

from rehearsal.cloud.here import client
from rehearsal.cloud.registry import Created, Properties, register

from . import aurora_monitoring as monitoring
from . import aurora_passwords as passwords
from . import aurora_records as records
from .addresses import Addresses
from .aurora_servers import Cluster, Issue, Servers
from .postgres_programs import PostgresError, nearest_major


class KeptCluster(TypedDict):
    """What the emulator's record of a cluster does not have. The writer is the first of the members."""

    folder: str
    port: int
    major: int
    admin_password: str
    members: list[str]


class Aurora:
    """The databases of one rehearsal."""

    def __init__(self, state: Path, issue: Issue, *, addresses: Addresses | None = None) -> None:
        """`state`: the rehearsal's folder. `issue`: signs the certificates of endpoints."""
        self._folder = state.resolve() / "databases"
        self._servers = Servers(issue, addresses or Addresses())
        self._clusters: dict[str, Cluster] = {}  # by ARN, for several accounts may name theirs alike

    @property
    def differences(self) -> list[str]:
        """What runs otherwise than the template asks, a sentence each, for the rehearsal's report."""
        return self._servers.differences

    def install(self) -> None:
        """Let CloudFormation make clusters and instances here."""
        register(
            "AWS::RDS::DBCluster",
            create=self.create_cluster,
            update=records.update_cluster,
            delete=self.delete_cluster,
        )
        register(
            "AWS::RDS::DBInstance",
            create=self.create_instance,
            update=records.update_instance,
            delete=self.delete_instance,
        )
        passwords.install(self.change_password)

    def stop(self) -> None:
        """Stop every server. A second call does nothing."""
        self._servers.stop(self._clusters.values())
        self._clusters.clear()

    def kept(self) -> dict[str, KeptCluster]:
        """What a later process needs to go on with the servers' files, by the clusters' ARNs."""
        return {
            arn: {
                "folder": cluster.folder.name,
                "port": cluster.port,
                "major": cluster.major,
                "admin_password": cluster.admin_password,
                "members": list(cluster.members),
            }
            for arn, cluster in list(self._clusters.items())
        }

    def take_up(self, kept: dict[str, KeptCluster]) -> None:
        """Start every server again on its files, the emulator's records being there. Raises PostgresError."""
        monitoring.install()
        wanted = {cluster["folder"] for cluster in kept.values()}
        for folder in self._folder.glob("*"):
            if folder.name not in wanted:  # of a deployment that was under way and counts no more
                shutil.rmtree(folder)
        with ThreadPoolExecutor(max(len(kept), 1)) as pool:
            list(pool.map(self._take_up, kept.items()))

    def create_cluster(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """The record, its endpoint names and, where RDS manages it, the master's secret; no server yet."""
        identifier, record = records.create_cluster(logical_id, properties, stack_name)
        asked = records.asked_major(record)
        self._clusters[record["DBClusterArn"]] = Cluster(
            folder=self._folder / str(record["DbClusterResourceId"]),
            port=int(record["Port"]),
            major=nearest_major(asked),
            tls_only=records.tls_rule(record, asked),
        )
        return identifier, records.cluster_attributes(record)

    def delete_cluster(self, physical_id: str, _: Properties) -> None:
        """Forget the cluster, its secret and data. Raises botocore's ClientError while it has instances."""
        record = records.cluster(physical_id)
        if record is not None:
            client("rds").delete_db_cluster(DBClusterIdentifier=physical_id, SkipFinalSnapshot=True)
            self._clusters.pop(record["DBClusterArn"], None)

    def create_instance(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """A server with its record: the cluster's writer if it is the first, else a reader of it."""
        record = records.cluster(properties.get("DBClusterIdentifier", ""))
        if record is None:
            raise ValueError(
                f"DBClusterIdentifier {properties.get('DBClusterIdentifier')!r}: the rehearsal runs instances "
                "of an Aurora cluster in the same account"
            )
        cluster = self._clusters[record["DBClusterArn"]]
        with cluster.lock:
            identifier, instance = records.create_instance(
                logical_id, properties, stack_name, cluster=record, writer=not cluster.members
            )
            try:
                self._servers.add(cluster, identifier, record, instance)
            except Exception:
                self._servers.remove(cluster, identifier)
                records.delete_instance(identifier)
                raise
        return identifier, records.instance_attributes(instance)

    def change_password(self, record: records.Record, password: str) -> None:
        """Give the master user another password. Raises PostgresError."""
        cluster = self._clusters.get(record["DBClusterArn"])
        if cluster is not None and cluster.writer is not None:
            cluster.writer.change_password(record["MasterUsername"], password)

    def delete_instance(self, physical_id: str, properties: Properties) -> None:
        """End a server. Raises ValueError for the writer while readers are left: nothing fails over here."""
        record = records.cluster(properties.get("DBClusterIdentifier", ""))
        cluster = self._clusters.get(record["DBClusterArn"]) if record else None
        if cluster is not None and physical_id in cluster.members:
            with cluster.lock:
                if len(cluster.members) > 1 and physical_id == next(iter(cluster.members)):
                    raise ValueError(
                        f"instance {physical_id} is the writer and others read from it: the rehearsal does not "
                        "fail over, so delete the readers first"
                    )
                self._servers.remove(cluster, physical_id)
        records.delete_instance(physical_id)

    def _take_up(self, item: tuple[str, KeptCluster]) -> None:
        arn, kept = item
        with records.scope(arn):
            record = records.cluster(arn.rpartition(":")[2])
            if record is None:
                raise PostgresError(f"the snapshot has no record of cluster {arn}")
            cluster = self._clusters[arn] = Cluster(
                folder=self._folder / kept["folder"],
                port=kept["port"],
                major=kept["major"],
                tls_only=records.tls_rule(record, records.asked_major(record)),
                admin_password=kept["admin_password"],
            )
            for identifier in kept["members"]:
                self._servers.add(cluster, identifier, record, records.instance(identifier), again=True)
