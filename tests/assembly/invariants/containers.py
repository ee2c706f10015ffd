"""The services: hardened, scaled by three measures, healed, and taken back when a deployment fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

SERVICE, TASK, TARGETS = (
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
)
SCALED_BY = {
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    "ALBRequestCountPerTarget",
}
# How long customers may meet a dead task: the time in which its health checks must have failed.
SECONDS_TO_DETECT = 20


@invariant
def containers_are_hardened(synthesis: Synthesis) -> Iterator[str]:
    """Nothing writes to the image's file system, gains rights or sees the host."""
    for template, logical_id, task in synthesis.properties(TASK):
        for container in task["ContainerDefinitions"]:
            if container.get("ReadonlyRootFilesystem") is not True:
                found = f"{container['Name']} may write to its root"
                yield told(template.stack, logical_id, found=found, wanted="ReadonlyRootFilesystem")
            # Without a user it is the image's, and whose image it is an adopter decides.
            user = container.get("User", "root").partition(":")[0]
            if container.get("Privileged") or user in ("root", "0"):
                yield told(template.stack, logical_id, found=f"{container['Name']} is root", wanted="a user")


@invariant
def tasks_run_on_arm_fargate(synthesis: Synthesis) -> Iterator[str]:
    """Fargate, ARM64 as the images are, each task with an address of its own."""
    wanted = ("awsvpc", ["FARGATE"], "ARM64")
    for template, logical_id, task in synthesis.properties(TASK):
        platform = task.get("RuntimePlatform", {}).get("CpuArchitecture")
        found = (task.get("NetworkMode"), task.get("RequiresCompatibilities"), platform)
        if found != wanted:
            yield told(template.stack, logical_id, found=found, wanted=wanted)


@invariant
def execution_and_task_have_roles_of_their_own(synthesis: Synthesis) -> Iterator[str]:
    """What pulls the image and writes logs is not what the code acts as, and no two services share a role."""
    bearers: dict[tuple[str, str], str] = {}
    for template, logical_id, task in synthesis.properties(TASK):
        for field in ("TaskRoleArn", "ExecutionRoleArn"):
            for stack, role in synthesis.pointed_at(template, task.get(field)) or [(template.stack, "none")]:
                if role == "none" or (stack, role) in bearers:
                    found = f"{field} {role}"
                    yield told(template.stack, logical_id, found=found, wanted="a role of its own")
                bearers[stack, role] = logical_id


@invariant
def deployments_roll_back(synthesis: Synthesis) -> Iterator[str]:
    """The circuit breaker and the alarms take a failed deployment back, and no task goes before its successor."""
    for template, logical_id, service in synthesis.properties(SERVICE):
        deployment = service.get("DeploymentConfiguration", {})
        for guard in ("DeploymentCircuitBreaker", "Alarms"):
            found = deployment.get(guard, {})
            if not (found.get("Enable") and found.get("Rollback")):
                yield told(template.stack, logical_id, found=f"{guard} {found}", wanted="Enable and Rollback")
        healthy = deployment.get("MinimumHealthyPercent", 100)
        if healthy < 100:
            yield told(template.stack, logical_id, found=f"{healthy} % healthy", wanted=100)
        alarms = {alarm.get("AlarmName") for _, alarm in template.properties("AWS::CloudWatch::Alarm")}
        absent = set(deployment.get("Alarms", {}).get("AlarmNames", [])) - alarms
        if absent:
            yield told(template.stack, logical_id, found=f"alarms {absent}", wanted="alarms of the template")


@invariant
def nobody_logs_in_to_a_task(synthesis: Synthesis) -> Iterator[str]:
    """ECS Exec is off."""
    yield from each_has(synthesis, SERVICE, field="EnableExecuteCommand", wanted=[False], default=False)


@invariant
def services_are_balanced_over_zones(synthesis: Synthesis) -> Iterator[str]:
    """In three zones, and moved when one of them has lost its tasks."""
    for template, logical_id, service in synthesis.properties(SERVICE):
        subnets = service["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]
        if len(subnets) != 3 or service.get("AvailabilityZoneRebalancing") != "ENABLED":
            found = f"{len(subnets)} subnets, rebalancing {service.get('AvailabilityZoneRebalancing')}"
            yield told(template.stack, logical_id, found=found, wanted="three, ENABLED")


@invariant
def strategies_are_within_the_cluster(synthesis: Synthesis) -> Iterator[str]:
    """A service asks for capacity providers that its cluster has, and at least one of them weighs."""
    for template, logical_id, service in synthesis.properties(SERVICE):
        known: set[str] = set()
        for _, association in template.properties("AWS::ECS::ClusterCapacityProviderAssociations"):
            known |= set(association["CapacityProviders"])
        strategy = service.get("CapacityProviderStrategy", [])
        asked = {item["CapacityProvider"] for item in strategy}
        if asked - known or not any(item.get("Weight", 0) for item in strategy):
            yield told(template.stack, logical_id, found=f"strategy {strategy}", wanted=f"of {sorted(known)}")


@invariant
def services_scale(synthesis: Synthesis) -> Iterator[str]:
    """Each by CPU, memory and requests, between two bounds."""
    for template, logical_id, _ in synthesis.properties(SERVICE):
        measures = set()
        for target, properties in template.properties("AWS::ApplicationAutoScaling::ScalableTarget"):
            if (template.stack, logical_id) not in synthesis.pointed_at(template, properties["ResourceId"]):
                continue
            if not 1 <= properties["MinCapacity"] <= properties["MaxCapacity"]:
                found = f"{properties['MinCapacity']} to {properties['MaxCapacity']} tasks"
                yield told(template.stack, target, found=found, wanted="a range")
            measures = {
                policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
                    "PredefinedMetricType"
                ]
                for _, policy in template.properties("AWS::ApplicationAutoScaling::ScalingPolicy")
                if policy["ScalingTargetId"]["Ref"] == target
            }
        if measures != SCALED_BY:
            yield told(
                template.stack, logical_id, found=f"scaling by {sorted(measures)}", wanted=sorted(SCALED_BY)
            )


@invariant
def dead_tasks_are_found_quickly(synthesis: Synthesis) -> Iterator[str]:
    """Within twenty seconds the balancer sends nobody to a dead task any more."""
    for template, logical_id, group in synthesis.properties(TARGETS):
        interval = group.get("HealthCheckIntervalSeconds", 30)
        found = interval * group.get("UnhealthyThresholdCount", 2) + group.get("HealthCheckTimeoutSeconds", 5)
        if found > SECONDS_TO_DETECT:
            yield told(template.stack, logical_id, found=f"{found} seconds", wanted=SECONDS_TO_DETECT)


@invariant
def tasks_end_after_their_last_request(synthesis: Synthesis) -> Iterator[str]:
    """A task lives longer than the balancer still lets requests finish on it."""
    for template, logical_id, service in synthesis.properties(SERVICE):
        for balanced in service["LoadBalancers"]:
            group = template.body["Resources"][balanced["TargetGroupArn"]["Ref"]]["Properties"]
            task = template.body["Resources"][service["TaskDefinition"]["Ref"]]["Properties"]
            delay = int(_attributes(group).get("deregistration_delay.timeout_seconds", 300))
            (serving,) = (
                one for one in task["ContainerDefinitions"] if one["Name"] == balanced["ContainerName"]
            )
            stop = serving.get("StopTimeout", 30)
            if stop <= delay:
                found = f"{stop} seconds to stop, {delay} to drain"
                yield told(template.stack, logical_id, found=found, wanted="more to stop than to drain")


def _attributes(group: dict[str, Any]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in group.get("TargetGroupAttributes", [])}
