"""The internal load balancer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.templates import Stage


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


def test_api_paths_reach_the_backend_and_all_others_the_frontend(stage: Stage) -> None:
    rule = stage.portal.one("AWS::ElasticLoadBalancingV2::ListenerRule")
    listener = stage.portal.one("AWS::ElasticLoadBalancingV2::Listener")
    (condition,) = rule["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/api/*"]
    assert _targets(stage, rule["Actions"]) == "backend-tg-test"
    assert _targets(stage, listener["DefaultActions"]) == "frontend-tg-test"


@pytest.mark.parametrize(
    ("kind", "port", "path"), [("frontend", 8080, "/healthz"), ("backend", 3000, "/api/health")]
)
def test_a_task_is_reached_and_watched_on_the_port_it_listens_on(
    stage: Stage, kind: str, port: int, path: str
) -> None:
    group = stage.portal.one("AWS::ElasticLoadBalancingV2::TargetGroup", Name=f"{kind}-tg-test")
    service = stage.portal.one("AWS::ECS::Service", ServiceName=f"{kind}-test")
    (attached,) = service["LoadBalancers"]
    assert (group["Port"], group["HealthCheckPath"], attached["ContainerPort"]) == (port, path, port)
    assert stage.portal.body["Resources"][attached["TargetGroupArn"]["Ref"]]["Properties"] is group


def _targets(stage: Stage, actions: list[dict[str, Any]]) -> str:
    (action,) = actions
    assert action["Type"] == "forward"
    return str(stage.portal.body["Resources"][action["TargetGroupArn"]["Ref"]]["Properties"]["Name"])
