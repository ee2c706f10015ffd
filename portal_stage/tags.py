"""The five tags by which costs are found."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def tag(scope: IConstruct, *, environment: str, project: str, owner: str, cost_center: str) -> None:
    """Tag everything in the scope. Never with a value that changes: some resources refuse new tags while in use."""
    for key, value in {
        "Project": project,
        "Environment": environment,
        "CostCenter": cost_center,
        "Owner": owner,
        "ManagedBy": "cdk",
    }.items():
        cdk.Tags.of(scope).add(key, value)
