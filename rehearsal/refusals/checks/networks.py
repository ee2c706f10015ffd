"""Security groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..views import Change, Found, Properties

RULES_PER_GROUP = 60
RULES_CODE = "L-0EA8095F"
# A rule that names a managed prefix list counts as many rules as the list may have entries (its weight). This is
# us-east-1's id of com.amazonaws.global.cloudfront.origin-facing; S3's and DynamoDB's weigh 1.
# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
WEIGHTS = {"pl-3b927c52": 55}
_RULES = {
    "AWS::EC2::SecurityGroupIngress": ("in", "SourcePrefixListId"),
    "AWS::EC2::SecurityGroupEgress": ("out", "DestinationPrefixListId"),
}
_INLINE = {
    "SecurityGroupIngress": ("in", "SourcePrefixListId"),
    "SecurityGroupEgress": ("out", "DestinationPrefixListId"),
}


def security_group_rules_fit(change: Change) -> Iterator[Found]:
    """A group has so many rules in either direction, those beside it and the entries of prefix lists included."""
    most = change.quotas.get(RULES_CODE, RULES_PER_GROUP)
    counted: Counter[tuple[str, str]] = Counter()
    for logical_id, group in change.template.properties("AWS::EC2::SecurityGroup"):
        for property_, (way, prefix_list) in _INLINE.items():
            for rule in group.get(property_, []):
                counted[logical_id, way] += _weight(change, rule, prefix_list)
    for type_, (way, prefix_list) in _RULES.items():
        for _, rule in change.template.properties(type_):
            group_id = str(rule.get("GroupId", ""))
            counted[group_id.removeprefix("${").removesuffix("}").partition(".")[0], way] += _weight(
                change, rule, prefix_list
            )
    for (group_id, way), rules in counted.items():
        if rules > most:
            yield group_id, f"{rules} rules {way}, prefix lists by their weight, where {most} are allowed"


def _weight(change: Change, rule: Properties, prefix_list: str) -> int:
    named = str(rule.get(prefix_list, ""))
    own = change.template.resources.get(named.removeprefix("${").removesuffix("}").partition(".")[0])
    if own and own.type == "AWS::EC2::PrefixList":
        return int(own.properties.get("MaxEntries", 1))
    return WEIGHTS.get(named, 1)
