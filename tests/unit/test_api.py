"""The partners' API."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_kms as kms

from portal_stage.config import ApiConfig
from portal_stage.names import Names
from portal_stage.portal.api import Api
from portal_stage.portal.domain import Domain
from tests.unit.examples import an_environment
from tests.unit.templates import Stage, Template


def test_a_key_is_required_on_every_method_but_health(stage: Stage) -> None:
    required = {
        _path(stage.portal, method): (method["HttpMethod"], method["ApiKeyRequired"])
        for method in _methods(stage.portal)
    }
    assert required == {"/api/{proxy+}": ("ANY", True), "/api/health": ("GET", False)}


def test_every_method_reaches_the_balancer_through_the_vpc_link(stage: Stage) -> None:
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    (link,) = stage.portal.resources("AWS::ApiGatewayV2::VpcLink")
    for method in _methods(stage.portal):
        integration = method["Integration"]
        assert (integration["Type"], integration["ConnectionType"]) == ("HTTP_PROXY", "VPC_LINK")
        assert integration["ConnectionId"] == {"Ref": link}
        assert integration["IntegrationTarget"] == {"Ref": balancer}


def test_the_private_hop_is_encrypted_and_asks_for_a_name_in_the_certificate(stage: Stage) -> None:
    names = stage.portal.one("AWS::CertificateManager::Certificate")["SubjectAlternativeNames"]
    for method in _methods(stage.portal):
        scheme, host = method["Integration"]["Uri"].split("/")[0:3:2]
        assert scheme == "https:"
        assert host in names


def test_the_path_is_handed_on(stage: Stage) -> None:
    (proxy,) = (m for m in _methods(stage.portal) if m["HttpMethod"] == "ANY")
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
            key=kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:111111111111:key/1"),
            log_days=14,
        )
        template = Template(dict(assertions.Template.from_stack(stack).to_json()))
        (logical_id,) = template.resources("AWS::ApiGateway::Deployment")
        return logical_id

    assert deployment("one") == deployment("one")
    assert deployment("one") != deployment("other")


def test_each_client_has_a_key_and_a_plan_of_its_own_and_so_have_the_tests(large: Stage) -> None:
    limits = {}
    for client in ("mobile", "partner", "tests"):
        plan = large.portal.one("AWS::ApiGateway::UsagePlan", UsagePlanName=f"{client}-usage-plan-large")
        key = f"{client}-api-key{'-2' if client == 'partner' else ''}-large"
        assert _keys_of(large.portal, f"{client}-usage-plan-large") == [key]
        limits[client] = (*plan["Throttle"].values(), plan["Quota"]["Limit"])
    assert limits == {"mobile": (40, 20, 9_000), "partner": (100, 50, 100_000), "tests": (3, 2, 10_000)}


def test_all_callers_together_are_limited_above_the_plans(stage: Stage) -> None:
    (settings,) = _stage(stage.portal)[1]["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (150, 300)


def test_a_request_is_validated_before_it_counts_as_one_of_the_backends(stage: Stage) -> None:
    (validator,) = stage.portal.resources("AWS::ApiGateway::RequestValidator")
    properties = stage.portal.one("AWS::ApiGateway::RequestValidator")
    assert properties["ValidateRequestParameters"] is properties["ValidateRequestBody"] is True
    for method in _methods(stage.portal):
        assert method["RequestValidatorId"] == {"Ref": validator}


def test_every_call_is_a_line_of_json_in_a_group_of_the_template(stage: Stage) -> None:
    setting = _stage(stage.portal)[1]["AccessLogSetting"]
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName="/apigateway/access-test")
    assert setting["DestinationArn"] == {"Fn::GetAtt": [group, "Arn"]}
    fields = json.loads(setting["Format"])
    assert {"requestId", "ip", "status", "resourcePath"} <= set(fields)


def test_errors_are_logged_in_a_group_of_the_template_and_customers_data_is_not(stage: Stage) -> None:
    deployed = _stage(stage.portal)[1]
    (settings,) = deployed["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("ERROR", False)
    api = _api(stage.portal)
    name = {"Fn::Join": ["", ["API-Gateway-Execution-Logs_", {"Ref": api}, "/v1"]]}
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName=name)
    # Or API Gateway makes the group itself first.
    assert group in stage.portal.body["Resources"][_stage(stage.portal)[0]]["DependsOn"]


def test_all_plans_count_calls_of_the_stage(stage: Stage) -> None:
    deployed, _ = _stage(stage.portal)
    for plan in stage.portal.properties("AWS::ApiGateway::UsagePlan"):
        assert [each["Stage"] for each in plan["ApiStages"]] == [{"Ref": deployed}]
        assert plan["Quota"]["Period"] == "DAY"


def test_the_custom_domain_is_the_only_address(stage: Stage) -> None:
    api = stage.portal.one("AWS::ApiGateway::RestApi", Name="api-test")
    assert api["DisableExecuteApiEndpoint"] is True
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    mapping = stage.portal.one("AWS::ApiGateway::BasePathMapping", RestApiId={"Ref": _api(stage.portal)})
    domain = stage.portal.body["Resources"][mapping["DomainName"]["Ref"]]["Properties"]
    assert domain["DomainName"] == "api-test.test.bank.example"
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["EndpointConfiguration"]["IpAddressType"] == "dualstack"
    assert "BasePath" not in mapping


def test_the_environment_leaves_the_accounts_settings_alone(stage: Stage) -> None:
    assert stage.portal.resources("AWS::ApiGateway::Account") == {}


def _api(portal: Template) -> str:
    return portal.id_of("AWS::ApiGateway::RestApi", Name="api-test")


def _methods(portal: Template) -> list[dict[str, Any]]:
    """Of the API, not of the maintenance page."""
    return portal.properties("AWS::ApiGateway::Method", RestApiId={"Ref": _api(portal)})


def _stage(portal: Template) -> tuple[str, dict[str, Any]]:
    """Logical id and properties."""
    wanted = {"RestApiId": {"Ref": _api(portal)}}
    return portal.id_of("AWS::ApiGateway::Stage", **wanted), portal.one("AWS::ApiGateway::Stage", **wanted)


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
