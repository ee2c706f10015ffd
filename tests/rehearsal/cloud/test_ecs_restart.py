"""A restart starts the tasks of services that are there, and leaves alone those that were deleted."""

from collections.abc import Callable
from typing import Any

from rehearsal.runtime import ecs_service
from tests.rehearsal.cloud.conftest import ACCOUNT


def test_a_deleted_service_of_a_deleted_cluster_is_left_alone(client: Callable[[str], Any]) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import ecs as emulated

    ecs = client("ecs")
    ecs.create_cluster(clusterName="gone")
    ecs.register_task_definition(
        family="gone", containerDefinitions=[{"name": "one", "image": "one", "memory": 64}]
    )
    ecs.create_service(cluster="gone", serviceName="gone", taskDefinition="gone", desiredCount=0)
    ecs.delete_service(cluster="gone", service="gone", force=True)
    ecs.delete_cluster(cluster="gone")
    with request_scope(ACCOUNT, "us-east-1"):
        # So ECS describes a service for a while after its deletion.
        emulated._services["gone/gone"] = {
            "serviceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/gone/gone",
            "clusterArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/gone",
            "taskDefinition": "gone",
            "status": "INACTIVE",
            "desiredCount": 0,
        }
        try:
            assert ecs_service.restart(seconds=1) == []
        finally:
            del emulated._services["gone/gone"]
