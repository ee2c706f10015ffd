"""CloudFront, WAF and Route 53."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..values import UNKNOWN, listed, named
from ..views import Change, Found, Properties, Template

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
WAF_LOGS = "aws-waf-logs-"
# By type: the properties of which one names what WAF writes its logs to, or begins its name.
_DESTINATIONS = {
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName", "BucketNamePrefix"),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName",),
}


def origin_groups_are_read_only(change: Change) -> Iterator[Found]:
    """A behaviour that fails over to another origin may not let writes through."""
    for logical_id, properties in change.template.properties("AWS::CloudFront::Distribution"):
        config = properties["DistributionConfig"]
        groups = {group["Id"] for group in listed(config.get("OriginGroups", {}).get("Items"))}
        for path, behaviour in _behaviours(config):
            writes = sorted(WRITES & set(listed(behaviour.get("AllowedMethods"))))
            if writes and behaviour.get("TargetOriginId") in groups:
                yield (
                    logical_id,
                    f"behaviour {path!r} lets {', '.join(writes)} through to the origin group "
                    f"{behaviour['TargetOriginId']!r}",
                )


def an_alias_is_of_one_distribution(change: Change) -> Iterator[Found]:
    """An alternate domain name belongs to one distribution of all accounts."""
    taken: dict[str, str] = {}
    for account in change.accounts.values():
        for stack in account.stacks.values():
            if (stack.account, stack.stack) != (change.template.account, change.template.stack):
                taken |= {alias: f"{stack.stack} in {stack.account}" for _, alias in _aliases(stack)}
    for logical_id, alias in _aliases(change.template):
        if alias in taken:
            yield logical_id, f"the alias {alias!r} is taken by {taken[alias]}"
        taken[alias] = f"{change.template.stack}, {logical_id}"


def edge_firewalls_are_in_us_east_1(change: Change) -> Iterator[Found]:
    """A web ACL for CloudFront is made in us-east-1, wherever the rest is."""
    for logical_id, properties in change.template.properties("AWS::WAFv2::WebACL"):
        if properties.get("Scope") == "CLOUDFRONT" and change.template.region != "us-east-1":
            yield logical_id, f"its scope is CLOUDFRONT and its Region {change.template.region}"


def firewall_logs_have_their_prefix(change: Change) -> Iterator[Found]:
    """WAF writes only to log groups, buckets and streams whose name begins with aws-waf-logs-."""
    for logical_id, properties in change.template.properties("AWS::WAFv2::LoggingConfiguration"):
        for arn in listed(properties.get("LogDestinationConfigs")):
            name = _destination(change.template, arn)
            if name is not None and not name.startswith(WAF_LOGS):
                yield logical_id, f"it logs to {name!r}, whose name does not begin with {WAF_LOGS!r}"


def cloudfront_is_not_evaluated(change: Change) -> Iterator[Found]:
    """Route 53 takes a distribution's health from a health check, never from the alias."""
    for logical_id, properties in change.template.properties("AWS::Route53::RecordSet"):
        target = properties.get("AliasTarget", {})
        if target.get("HostedZoneId") == CLOUDFRONT_ZONE and _true(target.get("EvaluateTargetHealth")):
            yield logical_id, f"{properties.get('Name')!r} evaluates the health of a distribution"


def _behaviours(config: Properties) -> Iterator[tuple[str, Properties]]:
    yield "*", config.get("DefaultCacheBehavior", {})
    for behaviour in listed(config.get("CacheBehaviors")):
        yield behaviour.get("PathPattern", "?"), behaviour


def _aliases(template: Template) -> Iterator[Found]:
    """Those that are known: the same placeholder in two stacks need not be the same name."""
    for logical_id, properties in template.properties("AWS::CloudFront::Distribution"):
        for alias in listed(properties["DistributionConfig"].get("Aliases")):
            if not UNKNOWN.search(alias):
                yield logical_id, alias.lower()


def _destination(template: Template, arn: str) -> str | None:
    """The name behind an ARN that is told or made by a resource of the template; None when nobody can say."""
    if not named(arn):
        return arn.rstrip(":*").rpartition(":")[2].rpartition("/")[2]
    resource = template.resources.get(named(arn))
    if resource is None or resource.type not in _DESTINATIONS:
        return None
    given = [
        resource.properties[name] for name in _DESTINATIONS[resource.type] if name in resource.properties
    ]
    # Without a name of its own CloudFormation gives it one that begins with the stack's.
    name = str(given[0]) if given else f"{template.stack}-..."
    return None if UNKNOWN.match(name) else name


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def vpc_origins_in_use_stay(change: Change) -> Iterator[Found]:
    """CloudFront updates no VPC origin that a distribution uses, and no tag of it."""
    before = change.before
    if before is None:
        return
    used = str([properties for _, properties in before.properties("AWS::CloudFront::Distribution")])
    for logical_id, origin in change.template.properties("AWS::CloudFront::VpcOrigin"):
        was = before.resources.get(logical_id)
        if was and was.properties != origin and f"${{{logical_id}" in used:
            changed = sorted(
                key for key in {**was.properties, **origin} if was.properties.get(key) != origin.get(key)
            )
            yield (
                logical_id,
                f"its {', '.join(changed)} would change while a distribution uses it; leave it, or give the changed "
                "one another logical id",
            )
