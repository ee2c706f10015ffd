"""Aurora PostgreSQL as CloudFormation's types: the emulator's records, with servers that answer behind them.

The first instance of a cluster is its writer; every further one is a streaming follower. Endpoint names are
AWS's in form; who resolves them finds each instance's address in the emulator's record (`_internal_address`).
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.cloud.here import client
from rehearsal.cloud.registry import Created, Properties, register

from . import aurora_records as records
from .addresses import Addresses
from .database_door import DatabaseDoors
from .postgres import Master, Postgres, nearest_major, new_password

Issue = Callable[[Iterable[str]], tuple[Path, Path]]
"""Host names to the files of a certificate (with its chain) and of its key."""


@dataclass
class _Cluster:
    """A cluster's servers by instance; the first one made is the writer."""

    folder: Path
    port: int
    major: int
    tls_only: Callable[[], bool]
    admin_password: str = field(default_factory=new_password)
    members: dict[str, "_Member"] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class _Member:
    server: Postgres
    address: str


class Aurora:
    """The databases of one rehearsal."""

    def __init__(self, state: Path, issue: Issue, *, addresses: Addresses | None = None) -> None:
        """`state`: the rehearsal's folder. `issue`: signs the certificates of endpoints."""
        self._folder = state.resolve() / "databases"
        self._issue = issue
        self._addresses = addresses or Addresses()
        self._doors = DatabaseDoors()
        self._clusters: dict[str, _Cluster] = {}  # by ARN, for several accounts may name theirs alike
        # What runs otherwise than the template asks, a sentence each, for the rehearsal's report.
        self.differences: list[str] = []

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

    def stop(self) -> None:
        """Stop every server. A second call does nothing."""
        self._doors.stop()
        for cluster in self._clusters.values():
            for member in reversed(cluster.members.values()):
                member.server.stop()
        self._clusters.clear()

    def create_cluster(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """The record, its endpoint names and, where RDS manages it, the master's secret; no server yet."""
        identifier, record = records.create_cluster(logical_id, properties, stack_name)
        asked = int(str(record["EngineVersion"]).split(".")[0])
        self._clusters[record["DBClusterArn"]] = _Cluster(
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
            address = self._addresses.take()
            try:
                cluster.members[identifier] = self._start(cluster, identifier, address, record)
                self._open(cluster, identifier, address, names=records.names(record, instance))
            except Exception:
                self._remove(cluster, identifier)
                records.delete_instance(identifier)
                raise
        self._note_version(record, cluster.members[identifier].server)
        instance["_internal_address"] = address
        return identifier, records.instance_attributes(instance)

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
                self._remove(cluster, physical_id)
        records.delete_instance(physical_id)

    def _start(self, cluster: _Cluster, identifier: str, address: str, record: dict[str, Any]) -> _Member:
        server = Postgres(
            cluster.folder / identifier,
            address=address.replace("127.88.", "127.89.", 1),  # behind the door of the same number
            port=cluster.port,
            major=cluster.major,
            admin_password=cluster.admin_password,
        )
        writer = next(iter(cluster.members.values()), None)
        if writer is None:
            server.create(
                Master(
                    user=record["MasterUsername"],
                    password=record["_MasterUserPassword"],
                    database=record.get("DatabaseName") or "postgres",
                )
            )
        else:
            server.follow(writer.server)
        return _Member(server, address)

    def _open(self, cluster: _Cluster, identifier: str, address: str, *, names: list[str]) -> None:
        server = cluster.members[identifier].server
        certificate, key = self._issue(names)
        self._doors.open(
            address,
            cluster.port,
            inside=(server.address, server.port),
            certificate=certificate,
            key=key,
            tls_only=cluster.tls_only,
        )

    def _remove(self, cluster: _Cluster, identifier: str) -> None:
        member = cluster.members.pop(identifier, None)
        if member is not None:
            self._doors.close(member.address, cluster.port)
            member.server.remove()
            self._addresses.give_back(member.address)

    def _note_version(self, record: dict[str, Any], server: Postgres) -> None:
        note = (
            f"database {record['DBClusterIdentifier']}: Aurora {record['EngineVersion']} "
            f"stood in for by PostgreSQL {server.version}"
        )
        if note not in self.differences:
            self.differences.append(note)
