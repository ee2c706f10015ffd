"""The emulator's records of clusters and instances: made, changed and read without starting anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rehearsal.cloud.here import client
from rehearsal.cloud.registry import Created, Properties
from rehearsal.cloud.types.shaping import operation_of, parameters

from . import aurora_monitoring as monitoring

Record = dict[str, Any]


def create_cluster(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, Record]:
    """A cluster's identifier and record. Raises ValueError for another engine, ClientError as RDS refuses."""
    from ministack.services.cloudformation import provisioners

    engine = properties.get("Engine")
    if engine != "aurora-postgresql":
        raise ValueError(
            f"Engine {engine!r}: the rehearsal runs Aurora PostgreSQL, Engine: aurora-postgresql"
        )
    api = client("rds")
    identifier = str(
        properties.get("DBClusterIdentifier")
        or provisioners._physical_name(stack_name, logical_id, lowercase=True, max_len=63)
    )
    arguments = {
        **parameters(operation_of(api, "create_db_cluster"), properties),
        "DBClusterIdentifier": identifier,
    }
    managed = properties.get("MasterUserSecret") or {}
    if "KmsKeyId" in managed:
        arguments["MasterUserSecretKmsKeyId"] = managed["KmsKeyId"]
    api.create_db_cluster(**arguments)
    record = cluster(identifier)
    if record is None:
        raise RuntimeError(f"the emulator made no record of cluster {identifier}")
    monitoring.keep(record, properties)
    return identifier, record


def update_cluster(physical_id: str, old: Properties, new: Properties, _: str) -> Created | None:
    """Change a cluster in place; None when a property changed that only a new cluster can have."""
    from ministack.services.cloudformation import provisioners

    record = cluster(physical_id)
    if record is None or provisioners._requires_replacement("AWS::RDS::DBCluster", old, new):
        return None
    api = client("rds")
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    arguments = parameters(operation_of(api, "modify_db_cluster"), changed)
    api.modify_db_cluster(**{**arguments, "DBClusterIdentifier": physical_id, "ApplyImmediately": True})
    monitoring.keep(record, new)
    return physical_id, cluster_attributes(record)


def cluster(identifier: str) -> Record | None:
    """A cluster's record in the account of the current request."""
    from ministack.services import rds

    found: Record | None = rds._clusters.get(identifier)
    return found


def asked_major(record: Record) -> int:
    """The major version that a cluster asks for."""
    return int(str(record["EngineVersion"]).split(".")[0])


@contextmanager
def scope(arn: str) -> Iterator[None]:
    """Act for the account and Region of an ARN, outside a request."""
    from ministack.core.responses import request_scope

    region, account = arn.split(":")[3:5]
    with request_scope(account, region):
        yield


def cluster_attributes(record: Record) -> dict[str, Any]:
    """What Fn::GetAtt gives of a cluster, the managed secret among it."""
    from ministack.services.cloudformation import provisioners

    attributes: dict[str, Any] = provisioners._rds_db_cluster_attrs(record)
    secret = record.get("MasterUserSecret")
    return {**attributes, **({"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {})}


def tls_rule(record: Record, major: int) -> Callable[[], bool]:
    """Reads `rds.force_ssl` as the cluster's parameter group has it at the time: it needs no restart.

    By default it is off, and on from Aurora PostgreSQL 17.
    """
    from ministack.services import rds

    group = rds._db_cluster_param_groups.get(record["DBClusterParameterGroup"]) or {}

    def tls_only() -> bool:
        given = (group.get("Parameters") or {}).get("rds.force_ssl")
        return str(given["ParameterValue"]) == "1" if given else major >= 17

    return tls_only


def create_instance(
    logical_id: str, properties: Properties, stack_name: str, *, cluster: Record, writer: bool
) -> tuple[str, Record]:
    """An instance's identifier and record, a member of its cluster."""
    from ministack.services.cloudformation import provisioners

    identifier, _ = provisioners._rds_db_instance_create(logical_id, properties, stack_name)
    record = instance(str(identifier))
    record["MasterUsername"] = cluster["MasterUsername"]
    record["DBName"] = cluster.get("DatabaseName") or ""
    record["EngineVersion"] = cluster["EngineVersion"]
    record["Endpoint"]["Port"] = int(cluster["Port"])
    monitoring.keep(record, properties)
    for member in cluster["DBClusterMembers"]:
        if member["DBInstanceIdentifier"] == identifier:
            member["IsClusterWriter"] = writer
    return str(identifier), record


def instance(identifier: str) -> Record:
    """An instance's record in the account of the current request. Raises KeyError."""
    from ministack.services import rds

    found: Record = rds._instances[identifier]
    return found


def update_instance(physical_id: str, old: Properties, new: Properties, _: str) -> Created | None:
    """Change an instance's record in place; None when only a new instance can have what changed."""
    from ministack.services import rds
    from ministack.services.cloudformation import provisioners

    if physical_id not in rds._instances or provisioners._requires_replacement(
        "AWS::RDS::DBInstance", old, new
    ):
        return None
    record: Record = rds._instances[physical_id]
    fields = provisioners._rds_db_instance_fields
    provisioners._rds_apply_changed(record, fields(old), fields(new))
    monitoring.keep(record, new)
    return physical_id, instance_attributes(record)


def delete_instance(identifier: str) -> None:
    """Forget an instance, also as a member of its cluster."""
    from ministack.services.cloudformation import provisioners

    provisioners._rds_db_instance_delete(identifier, {})


def instance_attributes(record: Record) -> dict[str, Any]:
    """What Fn::GetAtt gives of an instance."""
    from ministack.services.cloudformation import provisioners

    attributes: dict[str, Any] = provisioners._rds_db_instance_attrs(record)
    return attributes


def names(cluster: Record, instance: Record) -> list[str]:
    """The host names that an instance answers to, which its certificate has to cover."""
    return [instance["Endpoint"]["Address"], cluster["Endpoint"], cluster["ReaderEndpoint"]]
