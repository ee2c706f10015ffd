"""The internal load balancer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.unit.backend.server import ROOT
from tests.unit.templates import Stage

GROUPS = {"frontend": "frontend-https-8080-test", "backend": "backend-https-3000-test"}


def test_the_balancer_is_internal_and_in_the_app_subnets(stage: Stage) -> None:
    balancer = stage.portal.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    assert json.dumps(balancer["Subnets"]).count("Vpcapp") == 3


def test_https_with_the_environments_certificate_is_all_it_speaks(stage: Stage) -> None:
    listener = stage.portal.one("AWS::ElasticLoadBalancingV2::Listener")
    (certificate,) = stage.portal.resources("AWS::CertificateManager::Certificate")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["Certificates"] == [{"CertificateArn": {"Ref": certificate}}]
    assert "TLS13-1-2-Res" in listener["SslPolicy"]


def test_the_path_and_the_way_of_a_request_say_who_answers(stage: Stage) -> None:
    inside = {
        "Fn::GetAtt": [
            next(iter(stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer"))),
            "DNSName",
        ]
    }
    partners = ["/api/customers/*", "/api/devices/*"]
    found = {}
    for rule in stage.portal.properties("AWS::ElasticLoadBalancingV2::ListenerRule"):
        conditions = {each["Field"]: each for each in rule["Conditions"]}
        paths = conditions["path-pattern"]["PathPatternConfig"]["Values"]
        hosts = conditions.get("host-header", {}).get("HostHeaderConfig", {}).get("Values", [])
        fixed = rule["Actions"][0].get("FixedResponseConfig", {}).get("StatusCode")
        found[rule["Priority"]] = (paths, hosts, fixed or _targets(stage, rule["Actions"]))
    assert found == {
        1: (["/api/ready"], [inside], "backend-https-3000-test"),
        2: (["/api/ready"], [], "404"),
        3: (partners, ["api-test.test.bank.example"], "backend-https-3000-test"),
        4: (partners, [], "404"),
        10: (["/api/*"], [], "backend-https-3000-test"),
    }
    listener = stage.portal.one("AWS::ElasticLoadBalancingV2::Listener")
    assert _targets(stage, listener["DefaultActions"]) == "frontend-https-8080-test"


@pytest.mark.parametrize(
    ("kind", "port", "path"), [("frontend", 8080, "/healthz"), ("backend", 3000, "/api/health")]
)
def test_a_task_is_reached_and_watched_on_the_port_it_listens_on(
    stage: Stage, kind: str, port: int, path: str
) -> None:
    group = stage.portal.one("AWS::ElasticLoadBalancingV2::TargetGroup", Name=GROUPS[kind])
    service = stage.portal.one("AWS::ECS::Service", ServiceName=f"{kind}-test")
    (attached,) = service["LoadBalancers"]
    assert (group["Port"], group["HealthCheckPath"], attached["ContainerPort"]) == (port, path, port)
    assert stage.portal.body["Resources"][attached["TargetGroupArn"]["Ref"]]["Properties"] is group


@pytest.mark.parametrize(("name", "protocol"), [("test", "HTTPS"), ("large", "HTTP")])
def test_tasks_are_reached_and_checked_by_tls_unless_their_image_cannot(
    stage: Stage, large: Stage, name: str, protocol: str
) -> None:
    portal = {"test": stage, "large": large}[name].portal
    group = portal.one(
        "AWS::ElasticLoadBalancingV2::TargetGroup", Name=f"backend-{protocol.lower()}-3000-{name}"
    )
    assert (group["Protocol"], group["HealthCheckProtocol"]) == (protocol, protocol)
    container = portal.containers(f"backend-{name}")["backend"]
    assert {"Name": "PROTOCOL", "Value": protocol.lower()} in container["Environment"]


def test_a_group_that_is_replaced_has_another_name(stage: Stage) -> None:
    for group in stage.portal.properties("AWS::ElasticLoadBalancingV2::TargetGroup"):
        assert f"-{group['Protocol'].lower()}-{group['Port']}-" in group["Name"]


def test_tasks_keep_connections_longer_than_the_balancer(stage: Stage) -> None:
    seconds = int(_attributes(stage)["idle_timeout.timeout_seconds"])
    kept = re.search(r"keepAliveTimeout = ([\d_]+)", (ROOT / "containers/frontend/serve.mjs").read_text())
    assert kept
    assert (seconds, int(kept[1])) == (60, 65_000)


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_dead_task_is_out_of_use_within_twenty_seconds(stage: Stage, kind: str) -> None:
    group = stage.portal.one("AWS::ElasticLoadBalancingV2::TargetGroup", Name=GROUPS[kind])
    interval, timeout = group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]
    assert interval * group["UnhealthyThresholdCount"] + timeout <= 20


def test_every_request_is_logged_and_forgotten_after_14_days(stage: Stage) -> None:
    attributes = _attributes(stage)
    logs = stage.portal.one("AWS::S3::Bucket", BucketNamePrefix="alb-logs-test")
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["access_logs.s3.bucket"] == {
        "Ref": stage.portal.id_of("AWS::S3::Bucket", BucketNamePrefix="alb-logs-test")
    }
    (rule,) = logs["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 14)
    # The balancer's log delivery takes no key of ours.
    (encryption,) = logs["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_the_balancer_goes_before_its_log_is_emptied(stage: Stage) -> None:
    bucket = {"Ref": stage.portal.id_of("AWS::S3::Bucket", BucketNamePrefix="alb-logs-test")}
    emptier = stage.portal.id_of("Custom::S3AutoDeleteObjects", BucketName=bucket)
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    assert emptier in balancer["DependsOn"]


def test_headers_that_no_application_should_see_are_dropped(stage: Stage) -> None:
    assert _attributes(stage)["routing.http.drop_invalid_header_fields.enabled"] == "true"


def _attributes(stage: Stage) -> dict[str, Any]:
    balancer = stage.portal.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
    return {attribute["Key"]: attribute["Value"] for attribute in balancer["LoadBalancerAttributes"]}


def _targets(stage: Stage, actions: list[dict[str, Any]]) -> str:
    (action,) = actions
    assert action["Type"] == "forward"
    return str(stage.portal.body["Resources"][action["TargetGroupArn"]["Ref"]]["Properties"]["Name"])
