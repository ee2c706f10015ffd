"""What no stack makes: hosted zones with their given ids, connections to sources, an account's own policies."""

from collections.abc import Iterable, Mapping

from .emulator import REGION
from .mends.asked import CONNECTION
from .server import Cloud
from .types.records import Record, keep, recorded


def create_hosted_zone(cloud: Cloud, *, account: str, zone_id: str, name: str) -> None:
    """Creates the public zone `name` (without trailing dot) under `zone_id`; one that is there stays as it is.

    Raises ValueError if the id stands for another name.
    """
    from ministack.core.responses import request_scope
    from ministack.services import route53

    with request_scope(account, REGION):
        existing = route53._zones.get(zone_id)
    if existing:
        if existing["name"] != f"{name}.":
            raise ValueError(
                f"hosted zone {zone_id}: it is {existing['name']!r} already, not {name + '.'!r}: give each "
                "zone an id of its own"
            )
        return
    answer = cloud.client("route53", account).create_hosted_zone(Name=name, CallerReference=zone_id)
    drawn = answer["HostedZone"]["Id"].removeprefix("/hostedzone/")
    with request_scope(account, REGION), route53._lock:  # the API draws an id by itself
        route53._zones[zone_id] = {**route53._zones.pop(drawn), "id": zone_id}
        route53._records[zone_id] = route53._records.pop(drawn)
        route53._caller_refs[zone_id] = zone_id


def create_connection(*, account: str, arn: str) -> None:
    """Records a connection to a source repository as established. The emulator has no API for it."""
    keep(CONNECTION, Record(account, arn, {"ConnectionArn": arn, "ConnectionStatus": "AVAILABLE"}))


def connections() -> Iterable[Record]:
    """The connections that were created, of all accounts."""
    return recorded(CONNECTION)


def create_policies(cloud: Cloud, *, account: str, documents: Mapping[str, str]) -> None:
    """Creates managed policies by name; one that is there gets the document. Raises ClientError as IAM refuses."""
    iam = cloud.client("iam", account)
    for name, document in documents.items():
        try:
            iam.create_policy(PolicyName=name, PolicyDocument=document)
        except iam.exceptions.EntityAlreadyExistsException:
            arn = f"arn:aws:iam::{account}:policy/{name}"
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
