"""What the deployed accounts have for a person to open: host names in their zones, and databases."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .endpoint import Endpoint

_WEB = ("A", "AAAA", "CNAME")


@dataclass(frozen=True, kw_only=True)
class Database:
    """A cluster's writer and the user who owns it."""

    cluster: str
    host: str
    port: int
    name: str
    user: str
    password: str


def hosts(endpoint: Endpoint, account: str) -> list[str]:
    """The names that the account's hosted zones lead to something, without those that prove a certificate's owner."""
    route53 = replace(endpoint, account=account).client("route53")
    zones = _pages(route53, "list_hosted_zones", "HostedZones")
    names = {
        record["Name"].rstrip(".")
        for zone in zones
        for record in _pages(
            route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
        )
        if record["Type"] in _WEB and not record["Name"].startswith("_")
    }
    return sorted(names)


def databases(endpoint: Endpoint, account: str) -> list[Database]:
    """The account's database clusters whose master's password Secrets Manager holds."""
    own = replace(endpoint, account=account)
    return [
        _database(own, cluster)
        for cluster in _pages(own.client("rds"), "describe_db_clusters", "DBClusters")
        if cluster.get("MasterUserSecret")
    ]


def _database(endpoint: Endpoint, cluster: Mapping[str, Any]) -> Database:
    secret = endpoint.client("secretsmanager").get_secret_value(
        SecretId=cluster["MasterUserSecret"]["SecretArn"]
    )
    master = json.loads(secret["SecretString"])
    return Database(
        cluster=cluster["DBClusterIdentifier"],
        host=cluster["Endpoint"],
        port=cluster["Port"],
        name=cluster.get("DatabaseName") or "postgres",
        user=master["username"],
        password=master["password"],
    )


def _pages(client: Any, method: str, key: str, **arguments: str) -> Iterator[Any]:
    for page in client.get_paginator(method).paginate(**arguments):
        yield from page[key]
