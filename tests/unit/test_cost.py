"""What a resource costs by the month, on stacks small enough to reckon by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cost.assembly import Stack
from cost.floor import Floor, floors
from cost.prices import COUNTS, PRICES, price
from cost.switches import switches
from tests.unit.documents import ROOT

FARGATE, SPOT = "FARGATE", "FARGATE_SPOT"


def floor_of(*resources: tuple[str, dict[str, Any]], tier: str = "data") -> Floor:
    """The floor of one stack; a resource's logical id is its type's last word."""
    body = {
        type_.rpartition("::")[2]: {"Type": type_, "Properties": properties}
        for type_, properties in resources
    }
    (floor,) = floors([Stack(f"{tier}-dev", body)])
    return floor


def numbers(*resources: tuple[str, dict[str, Any]]) -> dict[str, float]:
    """How many of each price."""
    return {key: number for (_, key), number in floor_of(*resources).lines.items()}


def service(strategy: list[dict[str, Any]], *, least: int) -> list[tuple[str, dict[str, Any]]]:
    task = {"Cpu": "512", "Memory": "2048", "RuntimePlatform": {"CpuArchitecture": "ARM64"}}
    name = {"Fn::Join": ["/", ["service", {"Fn::GetAtt": ["Service", "Name"]}]]}
    return [
        (
            "AWS::ECS::Service",
            {"TaskDefinition": {"Ref": "TaskDefinition"}, "CapacityProviderStrategy": strategy},
        ),
        ("AWS::ECS::TaskDefinition", task),
        ("AWS::ApplicationAutoScaling::ScalableTarget", {"MinCapacity": least, "ResourceId": name}),
    ]


def test_hours_become_a_month() -> None:
    assert floor_of(("AWS::EC2::EIP", {})).dollars() == pytest.approx(0.005 * 730)


def test_the_bases_run_on_demand_and_the_rest_by_weight() -> None:
    strategy = [
        {"CapacityProvider": FARGATE, "Base": 2, "Weight": 0},
        {"CapacityProvider": SPOT, "Weight": 1},
    ]
    assert numbers(*service(strategy, least=5)) == {
        "fargate arm64 vcpu": 1.0,
        "fargate arm64 gb": 4.0,
        "fargate-spot arm64 vcpu": 1.5,
        "fargate-spot arm64 gb": 6.0,
    }


def test_with_a_base_of_none_all_tasks_run_on_spot() -> None:
    strategy = [
        {"CapacityProvider": FARGATE, "Base": 0, "Weight": 0},
        {"CapacityProvider": SPOT, "Weight": 1},
    ]
    assert set(numbers(*service(strategy, least=1))) == {"fargate-spot arm64 vcpu", "fargate-spot arm64 gb"}


def test_without_spot_all_tasks_run_on_demand() -> None:
    tasks = service([{"CapacityProvider": FARGATE, "Weight": 1}], least=2)
    assert numbers(*tasks) == {"fargate arm64 vcpu": 1.0, "fargate arm64 gb": 4.0}


def test_container_insights_counts_the_cluster_its_services_and_their_tasks() -> None:
    tasks = service([{"CapacityProvider": FARGATE, "Weight": 1}], least=2)
    enhanced = {"ClusterSettings": [{"Name": "containerInsights", "Value": "enhanced"}]}
    kinds = ("cluster", "service", "task", "task")
    expected = sum(COUNTS[f"container_insights_metrics_per_{kind}"] for kind in kinds)
    assert numbers(("AWS::ECS::Cluster", enhanced), *tasks)["container_insights_metric"] == expected
    off = {"ClusterSettings": [{"Name": "containerInsights", "Value": "disabled"}]}
    assert "container_insights_metric" not in numbers(("AWS::ECS::Cluster", off), *tasks)


def test_a_serverless_database_costs_its_least_capacity_and_a_provisioned_one_its_type() -> None:
    cluster = {"ManageMasterUserPassword": True, "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5}}
    instance = {"DBInstanceClass": "db.serverless", "DBClusterIdentifier": {"Ref": "DBCluster"}}
    resources = [("AWS::RDS::DBCluster", cluster), ("AWS::RDS::DBInstance", instance)]
    assert numbers(*resources) == {"secret": 1, "aurora_acu": 0.5}
    assert numbers(("AWS::RDS::DBInstance", {"DBInstanceClass": "db.r8g.large"})) == {
        "aurora db.r8g.large": 1
    }


def test_an_instance_type_without_a_price_is_told() -> None:
    floor = floor_of(("AWS::RDS::DBInstance", {"DBInstanceClass": "db.r9g.large"}))
    with pytest.raises(LookupError, match=r"price 'aurora db.r9g.large': add it to cost/prices.toml"):
        floor.dollars()


def test_an_interface_endpoint_is_paid_in_each_zone_and_a_gateway_not_at_all() -> None:
    interface = {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b", "c"]}
    assert numbers(("AWS::EC2::VPCEndpoint", interface)) == {"interface_endpoint": 3}
    assert numbers(("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"})) == {}


def test_an_alarm_on_an_expression_is_paid_for_each_metric_in_it() -> None:
    expression = {"Metrics": [{"Expression": "a / b"}, {"MetricStat": {}}, {"MetricStat": {}}]}
    assert numbers(("AWS::CloudWatch::Alarm", expression)) == {"alarm_metric": 2}
    assert numbers(("AWS::CloudWatch::Alarm", {"MetricName": "Errors"})) == {"alarm_metric": 1}


def test_a_web_acl_is_paid_with_its_rules() -> None:
    assert floor_of(("AWS::WAFv2::WebACL", {"Rules": [{}, {}, {}]})).dollars() == pytest.approx(5 + 3 * 1)


def test_an_https_health_check_is_paid_with_its_option() -> None:
    for type_, keys in {"HTTPS": {"health_check", "health_check_option"}, "TCP": {"health_check"}}.items():
        check = {"HealthCheckConfig": {"Type": type_}}
        assert set(numbers(("AWS::Route53::HealthCheck", check))) == keys


def nat(instances: int) -> Floor:
    data = {
        "InstanceType": "t4g.nano",
        "BlockDeviceMappings": [{"Ebs": {"VolumeType": "gp3", "VolumeSize": 8}}],
    }
    body: dict[str, Any] = {
        "Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}
    }
    group = {"MinSize": "1", "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}}}
    for number in range(instances):
        body[f"Group{number}"] = {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": group}
        body[f"Address{number}"] = {"Type": "AWS::EC2::EIP"}
    (floor,) = floors([Stack("foundation-dev", body)])
    return floor


def test_nat_instances_are_compared_with_as_many_gateways_and_with_one_in_each_zone() -> None:
    rows, *_ = switches([nat(1)])
    # With its volume, and the metric of the packets that it loses.
    instance, gateway = (0.0042 + 0.005) * 730 + 8 * 0.08 + 0.30, (0.045 + 0.005) * 730
    assert [figure for _, (figure,) in rows] == pytest.approx([instance, gateway, 3 * instance, 3 * gateway])


def test_endpoints_are_compared_with_none_and_with_as_many_as_elsewhere() -> None:
    interface = {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b", "c"]}
    with_them = [nat(1), floor_of(("AWS::EC2::VPCEndpoint", interface))]
    with_them[1].lines.update(nat(1).lines)
    _, rows, *_ = switches(with_them)
    assert [figures for _, figures in rows] == [
        pytest.approx([0, 3 * 0.01 * 730]),
        [0, 0],
        pytest.approx([3 * 0.01 * 730] * 2),
    ]


def test_tasks_are_compared_with_all_on_demand_and_all_on_spot() -> None:
    strategy = [
        {"CapacityProvider": FARGATE, "Base": 1, "Weight": 0},
        {"CapacityProvider": SPOT, "Weight": 1},
    ]
    floor = floor_of(*service(strategy, least=2))
    floor.lines.update(nat(1).lines)
    *_, rows, _ = switches([floor])
    one = (0.5 * 0.03238 + 2 * 0.00356) * 730
    assert [figure for _, (figure,) in rows] == pytest.approx([1.5 * one, 2 * one, one])


def test_the_database_is_compared_with_its_other_kind() -> None:
    floor = floor_of(("AWS::RDS::DBInstance", {"DBInstanceClass": "db.r8g.large"}))
    floor.lines.update(nat(1).lines)
    *_, rows = switches([floor])
    expected = [0.276 * 730, 3 * 0.5 * 0.12 * 730, 3 * 0.276 * 730]
    assert [figure for _, (figure,) in rows] == pytest.approx(expected)


def test_a_hosted_zone_is_paid_though_no_template_holds_it() -> None:
    assert floor_of(tier="portal").lines == {("zone", "hosted_zone"): 1}


@pytest.mark.parametrize("key", PRICES)
def test_a_price_says_where_it_was_read_or_what_it_rests_on(key: str) -> None:
    row = price(key)
    assert row.source.startswith("https://")
    assert row.usd > 0
    assert row.per in ("hour", "month", "GB")
    assert row.dated
    assert row.confirmed or row.note


def test_a_folder_without_an_assembly_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cost", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "use a folder that a synthesis wrote, for example by make synth" in result.stderr
