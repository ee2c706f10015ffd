"""Who pays for what: five tags on everything that can carry them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis
from tests.assembly.tagging import tags

TAGS = {"CostCenter", "Environment", "ManagedBy", "Owner", "Project"}
# Types that CloudFormation gives no tags.
_UNTAGGED = """
    ApiGateway::BasePathMapping ApiGateway::Deployment ApiGateway::Method ApiGateway::RequestValidator
    ApiGateway::Resource ApiGateway::UsagePlanKey ApplicationAutoScaling::ScalingPolicy
    CloudFront::MonitoringSubscription CloudFront::OriginAccessControl CloudFront::ResponseHeadersPolicy
    EC2::EIPAssociation EC2::NetworkAclEntry EC2::Route EC2::SecurityGroupEgress EC2::SecurityGroupIngress
    EC2::SubnetNetworkAclAssociation EC2::SubnetRouteTableAssociation EC2::VPCGatewayAttachment
    ECS::ClusterCapacityProviderAssociations IAM::InstanceProfile IAM::Policy KMS::Alias Lambda::LayerVersion
    Lambda::Permission Logs::MetricFilter Logs::ResourcePolicy Route53::RecordSet Scheduler::Schedule S3::BucketPolicy
    SNS::TopicPolicy WAFv2::LoggingConfiguration WAFv2::WebACLAssociation
"""
# CloudFront updates no VPC origin that is in use, not even a tag of it: https://github.com/aws/aws-cdk/issues/35765
NEVER_TAGGED = "AWS::CloudFront::VpcOrigin"
UNTAGGED = frozenset(f"AWS::{type_}" for type_ in _UNTAGGED.split()) | {NEVER_TAGGED}
# CDK makes these without a place for tags: the functions of its custom resources, and their roles.
CDKS_OWN = ("CustomS3AutoDelete", "CustomVpcRestrictDefaultSG")


@invariant
def everything_is_tagged(synthesis: Synthesis) -> Iterator[str]:
    """Project, environment, cost center, owner, and by what it is managed."""
    for template, logical_id, resource in synthesis.resources():
        untagged = resource["Type"] in UNTAGGED or resource["Type"].startswith("Custom::")
        if untagged or logical_id.startswith(CDKS_OWN):
            continue
        missing = TAGS - {key for key, value in tags(resource).items() if value}
        if missing:
            yield told(template.stack, logical_id, found=f"no tag {sorted(missing)}", wanted=sorted(TAGS))


@invariant
def what_takes_no_other_tag_has_none(synthesis: Synthesis) -> Iterator[str]:
    """A tag of a VPC origin could never be changed."""
    for template, logical_id, resource in synthesis.resources(NEVER_TAGGED):
        if found := tags(resource):
            yield told(template.stack, logical_id, found=f"tags {sorted(found)}", wanted="none")


@invariant
def tags_name_the_environment(synthesis: Synthesis) -> Iterator[str]:
    """The tag Environment is the suffix, and nothing in a tag changes from one synthesis to the next."""
    for template, logical_id, resource in synthesis.resources():
        found = tags(resource).get("Environment", template.suffix)
        if found != template.suffix:
            yield told(template.stack, logical_id, found=f"Environment {found}", wanted=template.suffix)


@invariant
def an_environment_has_one_payer(synthesis: Synthesis) -> Iterator[str]:
    """Every resource of an environment names the same project, owner and cost center."""
    seen: dict[tuple[str, str], str] = {}
    for template, logical_id, resource in synthesis.resources():
        for key in ("CostCenter", "Owner", "Project"):
            if (found := tags(resource).get(key)) is not None:
                first = seen.setdefault((template.suffix, key), found)
                if found != first:
                    yield told(template.stack, logical_id, found=f"{key} {found}", wanted=first)
