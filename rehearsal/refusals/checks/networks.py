"""Security groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..values import listed, named
from ..views import Change, Found, Properties

RULES_PER_GROUP = 60
RULES_CODE = "L-0EA8095F"
# A rule that names a managed prefix list counts as many rules as the list may have entries (its weight). This is
# us-east-1's id of com.amazonaws.global.cloudfront.origin-facing; S3's and DynamoDB's weigh 1.
# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
WEIGHTS = {"pl-3b927c52": 55}
# By direction: the resource beside a group, the group's own property, and the property that names a prefix list.
_RULES = {
    "in": ("AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress", "SourcePrefixListId"),
    "out": ("AWS::EC2::SecurityGroupEgress", "SecurityGroupEgress", "DestinationPrefixListId"),
}
_FAMILIES = ("IPv4", "IPv6")


def security_group_rules_fit(change: Change) -> Iterator[Found]:
    """A group has so many rules in either direction and for either kind of address, those beside it included."""
    most = change.quotas.get(RULES_CODE, RULES_PER_GROUP)
    counted: Counter[tuple[str, str, str]] = Counter()
    for way, (type_, property_, prefix_list) in _RULES.items():
        inline = [
            (logical_id, rule)
            for logical_id, group in change.template.properties("AWS::EC2::SecurityGroup")
            for rule in listed(group.get(property_))
        ]
        beside = [
            (named(group_id) or group_id, rule)
            for _, rule in change.template.properties(type_)
            for group_id in [str(rule.get("GroupId", ""))]
        ]
        for group, rule in inline + beside:
            for family in _FAMILIES:
                counted[group, way, family] += _weight(change, rule, str(rule.get(prefix_list, "")), family)
    for (group, way, family), rules in counted.items():
        if rules > most:
            yield (
                group,
                f"{rules} {family} rules {way}, prefix lists by their weight, where {most} are allowed",
            )


def _weight(change: Change, rule: Properties, prefix_list: str, family: str) -> int:
    """How many rules it counts for: one that names another group counts for either kind of address."""
    if "CidrIp" in rule or "CidrIpv6" in rule:
        return int(("CidrIpv6" in rule) is (family == "IPv6"))
    if not prefix_list:
        return 1
    own = change.template.resources.get(named(prefix_list))
    if own and own.type == "AWS::EC2::PrefixList":
        return (
            int(own.properties.get("MaxEntries", 1)) if own.properties.get("AddressFamily") == family else 0
        )
    # Of a list from elsewhere nobody knows the kind; those of AWS that are known here are IPv4's.
    return WEIGHTS.get(prefix_list, 1) if family == "IPv4" else 0
