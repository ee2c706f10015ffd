"""The partners' API."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb

from portal_stage.config import ApiConfig
from portal_stage.names import Names
from portal_stage.portal.api import Api
from portal_stage.portal.domain import Domain
from tests.unit.examples import an_environment
from tests.unit.templates import Stage, Template


def test_a_key_is_required_on_every_method_but_health(stage: Stage) -> None:
    required = {
        _path(stage.portal, method): (method["HttpMethod"], method["ApiKeyRequired"])
        for method in stage.portal.properties("AWS::ApiGateway::Method")
    }
    assert required == {"/api/{proxy+}": ("ANY", True), "/api/health": ("GET", False)}


def test_every_method_reaches_the_balancer_through_the_vpc_link(stage: Stage) -> None:
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    (link,) = stage.portal.resources("AWS::ApiGatewayV2::VpcLink")
    for method in stage.portal.properties("AWS::ApiGateway::Method"):
        integration = method["Integration"]
        assert (integration["Type"], integration["ConnectionType"]) == ("HTTP_PROXY", "VPC_LINK")
        assert integration["ConnectionId"] == {"Ref": link}
        assert integration["IntegrationTarget"] == {"Ref": balancer}


def test_the_private_hop_is_encrypted_and_asks_for_a_name_in_the_certificate(stage: Stage) -> None:
    names = stage.portal.one("AWS::CertificateManager::Certificate")["SubjectAlternativeNames"]
    for method in stage.portal.properties("AWS::ApiGateway::Method"):
        scheme, host = method["Integration"]["Uri"].split("/")[0:3:2]
        assert scheme == "https:"
        assert host in names


def test_the_path_is_handed_on(stage: Stage) -> None:
    (proxy,) = stage.portal.properties("AWS::ApiGateway::Method", HttpMethod="ANY")
    assert proxy["Integration"]["Uri"].endswith("/api/{proxy}")
    assert proxy["Integration"]["RequestParameters"] == {
        "integration.request.path.proxy": "method.request.path.proxy"
    }


def test_a_change_of_nothing_but_the_balancer_is_deployed() -> None:
    def deployment(balancer: str) -> str:
        """The logical id of the deployment, which is made anew when it changes."""
        stack = cdk.Stack()
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
        Api(
            stack,
            "Api",
            names=Names("test"),
            config=ApiConfig(),
            vpc=ec2.Vpc.from_vpc_attributes(
                stack,
                "Vpc",
                vpc_id="vpc-1",
                availability_zones=["use1-az1"],
                private_subnet_ids=["subnet-1"],
                private_subnet_names=["app"],
            ),
            security_group=group,
            alb=elb.ApplicationLoadBalancer.from_application_load_balancer_attributes(
                stack,
                "Alb",
                load_balancer_arn=f"arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/{balancer}/1",
                security_group_id="sg-1",
            ),
            domain=Domain(stack, "Domain", environment=an_environment()),
        )
        template = Template(dict(assertions.Template.from_stack(stack).to_json()))
        (logical_id,) = template.resources("AWS::ApiGateway::Deployment")
        return logical_id

    assert deployment("one") == deployment("one")
    assert deployment("one") != deployment("other")


def test_the_tests_have_a_key_of_their_own_with_a_limit_they_can_see(stage: Stage) -> None:
    plan = stage.portal.one("AWS::ApiGateway::UsagePlan", UsagePlanName="tests-usage-plan-test")
    assert plan["Throttle"] == {"RateLimit": 2, "BurstLimit": 3}
    assert _keys_of(stage.portal, "tests-usage-plan-test") == ["tests-api-key-test"]
    assert _keys_of(stage.portal, "usage-plan-test") == ["api-key-test"]


def test_both_plans_count_calls_of_the_stage(stage: Stage) -> None:
    (deployed,) = stage.portal.resources("AWS::ApiGateway::Stage")
    for plan in stage.portal.properties("AWS::ApiGateway::UsagePlan"):
        assert [each["Stage"] for each in plan["ApiStages"]] == [{"Ref": deployed}]
        assert plan["Quota"]["Period"] == "DAY"


def test_the_custom_domain_is_the_only_address(stage: Stage) -> None:
    api = stage.portal.one("AWS::ApiGateway::RestApi")
    assert api["DisableExecuteApiEndpoint"] is True
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    mapping = stage.portal.one("AWS::ApiGateway::BasePathMapping")
    domain = stage.portal.body["Resources"][mapping["DomainName"]["Ref"]]["Properties"]
    assert domain["DomainName"] == "api-test.test.bank.example"
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert "BasePath" not in mapping


def test_the_environment_leaves_the_accounts_settings_alone(stage: Stage) -> None:
    assert stage.portal.resources("AWS::ApiGateway::Account") == {}


def _path(portal: Template, method: dict[str, Any]) -> str:
    parts, reference = [], method["ResourceId"]
    while "Ref" in reference:
        resource = portal.body["Resources"][reference["Ref"]]["Properties"]
        parts.append(resource["PathPart"])
        reference = resource["ParentId"]
    return "/" + "/".join(reversed(parts))


def _keys_of(portal: Template, plan: str) -> list[str]:
    plan_id = {"Ref": portal.id_of("AWS::ApiGateway::UsagePlan", UsagePlanName=plan)}
    members = portal.properties("AWS::ApiGateway::UsagePlanKey", UsagePlanId=plan_id)
    return [portal.body["Resources"][member["KeyId"]["Ref"]]["Properties"]["Name"] for member in members]
