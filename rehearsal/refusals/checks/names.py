"""Names that somebody else has already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..schemas import identifier
from ..values import UNKNOWN
from ..views import Change, Found, Resource

# Their identifier is an ARN or an id that AWS makes up, and these properties, by their paths, are unique in an account
# and Region all the same. Sources: the pages of AWS::<service>::<type> in CloudFormation's reference; of a managed
# policy https://github.com/aws/aws-cdk/issues/15357
_UNIQUE: dict[str, tuple[str, ...]] = {
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig/Name",),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig/Name",),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig/Name",),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig/Name",),
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::WebACL": ("Name", "Scope"),
}
Name = tuple[str, ...]


def names_are_free(change: Change) -> Iterator[Found]:
    """CloudFormation makes what is new before it deletes what is gone, so no other resource may have its name."""
    holders: dict[Name, tuple[str, str]] = {
        name: (stack.stack, logical_id)
        for stack in change.account.stacks.values()
        for logical_id, resource in stack.resources.items()
        if (name := _name(resource))
    }
    for logical_id, resource in change.template.resources.items():
        name = _name(resource)
        # Of two new resources with one name CloudFormation makes one and refuses the other.
        holder = holders.setdefault(name, (change.template.stack, logical_id)) if name else None
        if holder and holder != (change.template.stack, logical_id):
            stack, other = holder
            yield (
                logical_id,
                f"{' '.join(name[1:])!r} is the name of {other} in {stack}; keep that logical id, or give "
                "the new resource another name",
            )


def _name(resource: Resource) -> Name:
    """The type and the name that the template gives; empty if AWS makes the name up."""
    paths = _UNIQUE.get(resource.type) or identifier(resource.type)
    values = [_at(resource.properties, path) for path in paths]
    if not values or not all(isinstance(value, str) and not UNKNOWN.search(value) for value in values):
        return ()
    return (resource.type, *map(str, values))


def _at(properties: Any, path: str) -> Any:
    for part in path.split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties
