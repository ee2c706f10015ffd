"""The endpoint names of databases, and the addresses on which their servers listen."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from ministack.services import rds

from . import deployed


class Server(NamedTuple):
    """Where a database server listens."""

    address: str
    port: int


def server(name: str) -> Server | None:
    """The server of an instance's endpoint, or of a cluster's writer or reader endpoint.

    A reader endpoint leads to any of the readers, and to the writer where there is none, as in Aurora.
    """
    for owned in deployed.everywhere(rds._instances):
        if owned.record.get("Endpoint", {}).get("Address", "").lower() == name:
            return _listening(owned.record)
    for owned in deployed.everywhere(rds._clusters):
        if name in (str(owned.record.get(each, "")).lower() for each in ("Endpoint", "ReaderEndpoint")):
            writer, readers = _members(owned)
            reading = name == owned.record["ReaderEndpoint"].lower()
            return random.choice(readers) if reading and readers else writer  # noqa: S311 - spreads load only
    return None


def _members(cluster: deployed.Owned) -> tuple[Server | None, list[Server]]:
    """Writer and readers of a cluster, as far as they listen."""
    writer, readers = None, []
    for member in cluster.record.get("DBClusterMembers", []):
        scope = (cluster.account, cluster.region, member["DBInstanceIdentifier"])
        found = _listening(rds._instances.get_scoped(*scope) or {})
        if found and member.get("IsClusterWriter"):
            writer = found
        elif found:
            readers.append(found)
    return writer, readers


def _listening(instance: dict[str, Any]) -> Server | None:
    inside = instance.get("_internal_address")
    return Server(inside, int(instance["Endpoint"]["Port"])) if inside else None
