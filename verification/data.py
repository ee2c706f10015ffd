"""What `data` relies on: Aurora's zones, its master's secret, its log; and that every log group expires."""

from __future__ import annotations

from collections.abc import Iterator

from verification.asking import Asked, NotYet, Said


def instances_in_their_zones(asked: Asked) -> Iterator[Said]:
    """Three instances are available, each in another zone."""
    asked.needs("data")
    of_cluster = [{"Name": "db-cluster-id", "Values": [asked.name("aurora")]}]
    found = list(asked.pages("rds", "describe_db_instances", "DBInstances", Filters=of_cluster))
    zones = {each.get("AvailabilityZone") for each in found}
    states = {each["DBInstanceStatus"] for each in found}
    yield (
        (len(found), len(zones), states) == (3, 3, {"available"}),
        f"{len(found)} instances in {len(zones)} zones are {', '.join(sorted(states))}",
    )


def master_secret(asked: Asked) -> Iterator[Said]:
    """RDS keeps the master's password under the environment's key."""
    asked.needs("data")
    key = asked.one("foundation", "AWS::KMS::Key")
    (cluster,) = asked.client("rds").describe_db_clusters(DBClusterIdentifier=asked.name("aurora"))[
        "DBClusters"
    ]
    secret = cluster.get("MasterUserSecret", {})
    encrypted = str(secret.get("KmsKeyId", "")).endswith(key)
    yield (
        encrypted,
        f"the secret {secret.get('SecretArn', '(none)')} has the key {secret.get('KmsKeyId', '(none)')}",
    )


def database_log(asked: Asked) -> Iterator[Said]:
    """Three instances write their PostgreSQL log into the template's group."""
    asked.needs("data")
    group = f"/aws/rds/cluster/{asked.name('aurora')}/postgresql"
    streams = asked.pages("logs", "describe_log_streams", "logStreams", logGroupName=group)
    writers = {stream["logStreamName"].partition(".")[0] for stream in streams}
    if not writers:
        raise NotYet(f"{group} is empty: an hour after the deployment it is not")
    yield len(writers) == 3, f"{group} has streams of {', '.join(sorted(writers))}"


def log_groups_expire(asked: Asked) -> Iterator[Said]:
    """No log group of the account keeps its lines for ever."""
    asked.needs("portal")
    listed = asked.pages("logs", "describe_log_groups", "logGroups")
    for_ever = sorted(group["logGroupName"] for group in listed if not group.get("retentionInDays"))
    yield not for_ever, f"without a retention: {', '.join(for_ever[:5]) or 'no log group'}"
