"""The two services and what they may touch."""

from __future__ import annotations

import json
import re

import pytest

from tests.unit.backend.server import ROOT
from tests.unit.templates import Stage, actions
from tests.unit.test_load_balancer import GROUPS


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_deployment_that_does_not_come_up_is_rolled_back_with_no_task_missing(
    stage: Stage, kind: str
) -> None:
    deployment = stage.portal.one("AWS::ECS::Service", ServiceName=f"{kind}-test")["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["MinimumHealthyPercent"] == 100


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_deployment_that_answers_errors_is_rolled_back_and_told(stage: Stage, kind: str) -> None:
    service = stage.portal.id_of("AWS::ECS::Service", ServiceName=f"{kind}-test")
    resource = stage.portal.body["Resources"][service]
    name = f"{kind}-rollback-alarm-test"
    alarm = stage.portal.one("AWS::CloudWatch::Alarm", AlarmName=name)
    group = stage.portal.id_of("AWS::ElasticLoadBalancingV2::TargetGroup", Name=GROUPS[kind])
    assert resource["Properties"]["DeploymentConfiguration"]["Alarms"] == {
        "AlarmNames": [name],
        "Enable": True,
        "Rollback": True,
    }
    # ECS refuses the name of an alarm that does not exist yet.
    assert stage.portal.id_of("AWS::CloudWatch::Alarm", AlarmName=name) in resource["DependsOn"]
    dimensions = {
        part["MetricStat"]["Metric"]["MetricName"]: {
            d["Name"]: d["Value"] for d in part["MetricStat"]["Metric"]["Dimensions"]
        }
        for part in alarm["Metrics"]
        if "MetricStat" in part
    }
    for of_the_group in ("HTTPCode_Target_5XX_Count", "UnHealthyHostCount"):
        assert dimensions[of_the_group]["TargetGroup"] == {"Fn::GetAtt": [group, "TargetGroupFullName"]}
    for of_the_balancer in ("502", "503", "504"):
        assert set(dimensions[f"HTTPCode_ELB_{of_the_balancer}_Count"]) == {"LoadBalancer"}
    assert alarm["AlarmActions"] == alarm["OKActions"] != []


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_tasks_run_on_arm_without_public_address_and_write_nowhere(stage: Stage, kind: str) -> None:
    service = stage.portal.one("AWS::ECS::Service", ServiceName=f"{kind}-test")
    task = stage.portal.one("AWS::ECS::TaskDefinition", Family=f"{kind}-test")
    assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    assert service["EnableExecuteCommand"] is False
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert all(container["ReadonlyRootFilesystem"] for container in task["ContainerDefinitions"])
    assert {container["User"] for container in task["ContainerDefinitions"]} == {"1000:1000"}


def test_services_start_after_their_permissions_and_their_listener(stage: Stage) -> None:
    portal = stage.portal
    for service in portal.resources("AWS::ECS::Service").values():
        kind = service["Properties"]["ServiceName"].removesuffix("-test")
        roles = {
            portal.id_of("AWS::IAM::Role", RoleName=f"{kind}-{role}-test") for role in ("task", "execution")
        }
        needed = roles | set(portal.resources("AWS::ElasticLoadBalancingV2::Listener"))
        needed |= set(portal.resources("AWS::ECS::ClusterCapacityProviderAssociations"))
        assert needed <= set(service["DependsOn"])


def test_capacity_is_fargate_unless_spot_is_asked_for(stage: Stage, large: Stage) -> None:
    plain = stage.portal.one("AWS::ECS::Service", ServiceName="frontend-test")["CapacityProviderStrategy"]
    spot = large.portal.one("AWS::ECS::Service", ServiceName="frontend-large")["CapacityProviderStrategy"]
    assert plain == [{"CapacityProvider": "FARGATE", "Weight": 1}]
    assert spot == [
        {"Base": 2, "CapacityProvider": "FARGATE", "Weight": 0},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 1},
    ]


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_service_scales_on_cpu_memory_and_requests_between_its_counts(stage: Stage, kind: str) -> None:
    service = stage.portal.id_of("AWS::ECS::Service", ServiceName=f"{kind}-test")
    (target,) = (
        id_
        for id_, found in stage.portal.resources("AWS::ApplicationAutoScaling::ScalableTarget").items()
        if service in json.dumps(found["Properties"]["ResourceId"])
    )
    policies = stage.portal.properties(
        "AWS::ApplicationAutoScaling::ScalingPolicy", ScalingTargetId={"Ref": target}
    )
    tracked = {}
    for policy in policies:
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
        tracked[metric] = tracking["TargetValue"]
    assert tracked == {
        "ECSServiceAverageCPUUtilization": 60,
        "ECSServiceAverageMemoryUtilization": 70,
        "ALBRequestCountPerTarget": 1_000,
    }
    counts = stage.portal.body["Resources"][target]["Properties"]
    assert (counts["MinCapacity"], counts["MaxCapacity"]) == (2, 6)


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_deployment_leaves_the_scaled_count_alone(stage: Stage, kind: str) -> None:
    assert "DesiredCount" not in stage.portal.one("AWS::ECS::Service", ServiceName=f"{kind}-test")


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_stopping_task_may_end_what_the_balancer_still_sends_it(stage: Stage, kind: str) -> None:
    container = stage.portal.containers(f"{kind}-test")[kind]
    group = stage.portal.one("AWS::ElasticLoadBalancingV2::TargetGroup", Name=GROUPS[kind])
    (delay,) = (
        int(attribute["Value"])
        for attribute in group["TargetGroupAttributes"]
        if attribute["Key"] == "deregistration_delay.timeout_seconds"
    )
    # Fargate's most is 120 seconds.
    assert (delay, container["StopTimeout"]) == (30, 40)
    serve = (ROOT / "containers/frontend/serve.mjs").read_text()
    drain, finish = (
        int(re.search(rf"const {name}_MS = ([\d_]+)", serve)[1]) / 1000  # type: ignore[index]
        for name in ("DRAIN", "FINISH")
    )
    assert drain == delay
    assert drain + finish < container["StopTimeout"]


def test_the_cluster_is_observed_into_a_group_of_the_template(stage: Stage) -> None:
    assert stage.portal.one("AWS::ECS::Cluster")["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "enhanced"}
    ]
    group = stage.portal.id_of(
        "AWS::Logs::LogGroup", LogGroupName="/aws/ecs/containerinsights/ecs-test/performance"
    )
    (cluster,) = stage.portal.resources("AWS::ECS::Cluster").values()
    assert group in cluster["DependsOn"]


def test_the_backend_may_do_single_things_to_single_tables(stage: Stage) -> None:
    for statement in stage.portal.statements("backend-task-test"):
        assert statement["Resource"] != "*"
        assert not any(action.endswith(":*") for action in actions(statement))
        assert "dynamodb:Scan" not in actions(statement)


def test_the_backend_uses_the_key_through_the_services_only(stage: Stage) -> None:
    (key,) = (s for s in stage.portal.statements("backend-task-test") if "kms:Decrypt" in actions(s))
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == [
        "dynamodb.us-east-1.amazonaws.com",
        "secretsmanager.us-east-1.amazonaws.com",
    ]


def test_the_frontend_may_do_nothing(stage: Stage) -> None:
    assert stage.portal.statements("frontend-task-test") == []


def test_the_stand_in_is_built_for_arm_where_no_image_is_given(stage: Stage) -> None:
    container = stage.portal.containers("backend-test")["backend"]
    assert "container-assets" in container["Image"]["Fn::Sub"]


def test_an_image_of_ones_own_is_pulled_from_its_repository_and_no_other(large: Stage) -> None:
    container = large.portal.containers("backend-large")["backend"]
    assert str(container["Image"]).count("portal/backend:1.4.2") == 1
    pulls = [
        statement["Resource"]
        for statement in large.portal.statements("backend-execution-large")
        if "ecr:BatchGetImage" in actions(statement)
    ]
    assert pulls == ["arn:aws:ecr:us-east-1:222222222222:repository/portal/backend"]
