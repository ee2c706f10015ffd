"""A destroy leaves nothing behind: no copy, no lock, and no content that keeps its container alive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

# What CloudFormation does where a resource has no policy, if it is not to delete.
DEFAULT_POLICY = {"AWS::RDS::DBCluster": "Snapshot"}
LOCKS = re.compile(
    r'"(?:DeletionProtection|DeletionProtectionEnabled|DisableApiTermination|TerminationProtection)": true'
)


@invariant
def resources_are_deleted(synthesis: Synthesis) -> Iterator[str]:
    """Nothing is retained when it is deleted or replaced, and no last snapshot is made."""
    for template, logical_id, resource in synthesis.resources():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            found = resource.get(policy, DEFAULT_POLICY.get(resource["Type"], "Delete"))
            if found != "Delete":
                yield told(template.stack, logical_id, found=f"{policy} {found}", wanted="Delete")


@invariant
def nothing_is_protected(synthesis: Synthesis) -> Iterator[str]:
    """No stack and no resource resists its deletion."""
    for template in synthesis.templates:
        if template.protected:
            yield told(template.stack, "stack", found="termination protection", wanted="none")
        for logical_id, properties in template.properties():
            attributes = properties.get("LoadBalancerAttributes", [])
            on_balancer = {"Key": "deletion_protection.enabled", "Value": "true"} in attributes
            if on_balancer or LOCKS.search(json.dumps(properties)):
                yield told(template.stack, logical_id, found="protection from deletion", wanted="none")


@invariant
def buckets_are_emptied(synthesis: Synthesis) -> Iterator[str]:
    """A bucket with objects cannot be deleted, so a custom resource empties each one before."""
    emptied = {
        place
        for template, _, properties in synthesis.properties("Custom::S3AutoDeleteObjects")
        for place in synthesis.pointed_at(template, properties["BucketName"])
    }
    for template, logical_id, _ in synthesis.properties("AWS::S3::Bucket"):
        if (template.stack, logical_id) not in emptied:
            yield told(
                template.stack, logical_id, found="nothing that empties it", wanted="S3AutoDeleteObjects"
            )


@invariant
def repositories_are_emptied(synthesis: Synthesis) -> Iterator[str]:
    """A repository with images cannot be deleted, unless it empties itself."""
    yield from each_has(synthesis, "AWS::ECR::Repository", field="EmptyOnDelete", wanted=[True])


@invariant
def reports_go_with_their_group(synthesis: Synthesis) -> Iterator[str]:
    """A report group with reports cannot be deleted, unless it deletes them."""
    yield from each_has(synthesis, "AWS::CodeBuild::ReportGroup", field="DeleteReports", wanted=[True])


@invariant
def keys_end_within_a_week(synthesis: Synthesis) -> Iterator[str]:
    """A key waits for its deletion; seven days are the least that KMS admits."""
    yield from each_has(synthesis, "AWS::KMS::Key", field="PendingWindowInDays", wanted=[7])


@invariant
def volumes_go_with_their_instance(synthesis: Synthesis) -> Iterator[str]:
    """An instance that is replaced leaves no volume to pay for."""
    for template, logical_id, properties in synthesis.properties("AWS::EC2::LaunchTemplate"):
        for device in properties["LaunchTemplateData"].get("BlockDeviceMappings", []):
            if device.get("Ebs", {}).get("DeleteOnTermination") is not True:
                yield told(
                    template.stack, logical_id, found="a volume that stays", wanted="DeleteOnTermination"
                )


@invariant
def backups_go_with_the_cluster(synthesis: Synthesis) -> Iterator[str]:
    """The automated backups of Aurora end with the cluster, as is RDS's default."""
    yield from each_has(
        synthesis,
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        field="DeleteAutomatedBackups",
        wanted=[True],
        default=True,
    )
