"""The five tags by which costs are found."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

# CloudFront updates no VPC origin that a distribution uses, not even a tag of it:
# https://github.com/aws/aws-cdk/issues/35765
UNTAGGED = ["AWS::CloudFront::VpcOrigin"]


def tag(scope: IConstruct, *, environment: str, project: str, owner: str, cost_center: str) -> None:
    """Tag everything in the scope, but for what could never get another tag."""
    for key, value in {
        "Project": project,
        "Environment": environment,
        "CostCenter": cost_center,
        "Owner": owner,
        "ManagedBy": "cdk",
    }.items():
        cdk.Tags.of(scope).add(key, value, exclude_resource_types=UNTAGGED)
