"""The servers of Aurora clusters: started anew, as followers, or on the files of an earlier process."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import aurora_records as records
from .addresses import Addresses
from .database_door import DatabaseDoors
from .postgres import Master, Postgres, new_password
from .postgres_programs import PostgresError

Issue = Callable[[Iterable[str]], tuple[Path, Path]]
"""Host names to the files of a certificate (with its chain) and of its key."""


@dataclass
class Cluster:
    """A cluster's servers by instance; the first one made is the writer."""

    folder: Path
    port: int
    major: int
    tls_only: Callable[[], bool]
    admin_password: str = field(default_factory=new_password)
    members: dict[str, "Member"] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def writer(self) -> Postgres | None:
        """The server to follow."""
        return next((member.server for member in self.members.values()), None)


@dataclass(frozen=True)
class Member:
    """A server and the address of its door."""

    server: Postgres
    address: str


class Servers:
    """Starts and ends servers, each behind a door with TLS."""

    def __init__(self, issue: Issue, addresses: Addresses) -> None:
        self.differences: list[str] = []
        self._issue = issue
        self._addresses = addresses
        self._doors = DatabaseDoors()

    def add(
        self,
        cluster: Cluster,
        identifier: str,
        record: records.Record,
        instance: records.Record,
        *,
        again: bool = False,
    ) -> None:
        """Start an instance: the writer if it is the cluster's first. `again`: its files should be there.

        Raises PostgresError.
        """
        address = self._addresses.take()
        try:
            server = self._start(cluster, identifier, address, record, again=again)
        except Exception:
            self._addresses.give_back(address)
            raise
        cluster.members[identifier] = Member(server, address)
        certificate, key = self._issue(records.names(record, instance))
        self._doors.open(
            address,
            cluster.port,
            inside=(server.address, server.port),
            certificate=certificate,
            key=key,
            tls_only=cluster.tls_only,
        )
        instance["_internal_address"] = address
        self._note(record, f"Aurora {record['EngineVersion']} stood in for by PostgreSQL {server.version}")

    def remove(self, cluster: Cluster, identifier: str) -> None:
        """End an instance and delete its files; one that is not there is as good as removed."""
        member = cluster.members.pop(identifier, None)
        if member is not None:
            self._doors.close(member.address, cluster.port)
            member.server.remove()
            self._addresses.give_back(member.address)

    def stop(self, clusters: Iterable[Cluster]) -> None:
        """End everything; the files stay. A second call does nothing."""
        self._doors.stop()
        for cluster in clusters:
            for member in reversed(cluster.members.values()):
                member.server.stop()

    def _start(
        self, cluster: Cluster, identifier: str, address: str, record: records.Record, *, again: bool
    ) -> Postgres:
        server = Postgres(
            cluster.folder / identifier,
            address=address.replace("127.88.", "127.89.", 1),  # behind the door of the same number
            port=cluster.port,
            major=cluster.major,
            admin_password=cluster.admin_password,
        )
        writer = cluster.writer
        if again and server.has_data and _resumed(server, writer):
            return server
        try:
            if writer:
                server.follow(writer)
            else:
                server.create(
                    Master(
                        user=record["MasterUsername"],
                        password=record["_MasterUserPassword"],
                        database=record.get("DatabaseName") or "postgres",
                    )
                )
        except Exception:
            server.remove()
            raise
        if again and not writer:
            self._note(record, "its data was deleted after the last snapshot; it begins empty")
        return server

    def _note(self, record: records.Record, difference: str) -> None:
        note = f"database {record['DBClusterIdentifier']}: {difference}"
        if note not in self.differences:
            self.differences.append(note)


def _resumed(server: Postgres, writer: Postgres | None) -> bool:
    """Whether the server runs on its files; a follower that cannot may be copied anew."""
    try:
        server.resume(writer)
    except PostgresError:
        if writer is None:
            raise
        return False
    return True
