"""Which changes somebody notices although CloudFormation makes them in place, or makes the new resource first.

The schemas tell what replaces a resource, not what interrupts it; that stands on the page of each resource type in
CloudFormation's template reference, under "Update requires".
"""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.refusals.comparison import ResourceChange

_NAT = "open connections through a NAT instance end, and are opened again"
_NAMES = "customers and partners reach the environment by its new names only; the old ones end"

INTERRUPTING = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html: some
    # interruptions. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html: an outage.
    (
        "AWS::RDS::DBInstance",
        "DBInstanceClass",
    ): "each Aurora instance restarts with its new class; while the writer "
    "does, writes fail until a reader has taken over",
    # https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html: another way out has another address.
    ("AWS::EC2::Route", "NetworkInterfaceId"): _NAT,
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "LaunchTemplate",
    ): "each NAT instance is replaced, one zone after the other; "
    "meanwhile that zone has no way out to the Internet",
    ("AWS::Route53::RecordSet", "Name"): _NAMES,
    (
        "AWS::Route53::RecordSet",
        "HostedZoneId",
    ): "the names move to the other zone; until its delegation is there, nobody finds them",
}
"""Type and property of a change -> what somebody notices."""

ENDING = {
    "AWS::ApiGateway::ApiKey": "whoever still uses the removed key is answered 403",
}
"""Type of a resource that is removed -> what somebody notices."""


def interruptions(changes: Sequence[ResourceChange]) -> list[str]:
    """Return a sentence for each kind of interruption that the changes bring."""
    told = [
        INTERRUPTING.get((change.type, property_))
        for change in changes
        for property_ in change.properties
        if change.effect in ("changed", "replaced")
    ]
    told += [ENDING.get(change.type) for change in changes if change.effect == "removed"]
    return list(dict.fromkeys(sentence for sentence in told if sentence))
