"""ECS capacity providers, and Application Auto Scaling of services."""

import uuid

from ..here import current_account
from ..registry import Properties
from .records import record
from .row import Call, Row, given

ROWS = (
    Row(
        type="AWS::ECS::ClusterCapacityProviderAssociations",
        service="ecs",
        create=Call(
            "put_cluster_capacity_providers",
            cluster=given("Cluster"),
            defaultCapacityProviderStrategy=given("DefaultCapacityProviderStrategy || `[]`"),
        ),
        id=given("Cluster"),
        update=(
            Call(
                "put_cluster_capacity_providers",
                cluster=given("Cluster"),
                defaultCapacityProviderStrategy=given("DefaultCapacityProviderStrategy || `[]`"),
            ),
        ),
        fixed=("Cluster",),
    ),
)


def _target_id(declared: Properties) -> str:
    return "|".join(declared[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace"))


def _policy_arn(declared: Properties) -> str:
    resource = declared.get("ScalingTargetId") or _target_id(declared)
    path, _, namespace = resource.split("|")
    return (
        f"arn:aws:autoscaling:us-east-1:{current_account()}:scalingPolicy:{uuid.uuid4()}"
        f":resource/{namespace}/{path}:policyName/{declared['PolicyName']}"
    )


def register_records() -> None:
    """The emulator has no Application Auto Scaling: nothing scales by itself in a rehearsal."""
    record(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        id=_target_id,
        attributes=lambda physical_id, _: {"Id": physical_id},
        fixed=("ResourceId", "ScalableDimension", "ServiceNamespace"),
    )
    record(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        id=_policy_arn,
        attributes=lambda physical_id, _: {"Arn": physical_id},
        fixed=("PolicyName", "ScalingTargetId", "ResourceId", "ScalableDimension", "ServiceNamespace"),
    )
