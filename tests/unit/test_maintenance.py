"""The page that the portal's name leads to while CloudFront does not answer."""

from __future__ import annotations

from typing import Any

from tests.unit.templates import Stage


def test_every_path_and_method_is_answered_503_with_a_page(stage: Stage) -> None:
    methods = _methods(stage)
    (api,) = _api(stage)
    answered = {
        stage.portal.body["Resources"][method["ResourceId"]["Ref"]]["Properties"]["PathPart"]
        if "Ref" in method["ResourceId"]
        else "/"
        for method in methods
    }
    assert answered == {"/", "{proxy+}"}
    for method in methods:
        assert (method["RestApiId"], method["HttpMethod"]) == ({"Ref": api}, "ANY")
        (response,) = method["Integration"]["IntegrationResponses"]
        assert method["Integration"]["Type"] == "MOCK"
        templates = method["Integration"]["RequestTemplates"]
        forms = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
        assert templates == dict.fromkeys({"application/json", *forms}, '{"statusCode": 503}')
        # Whatever else is sent would be the mock's answer.
        assert method["Integration"]["PassthroughBehavior"] == "NEVER"
        assert response["StatusCode"] == "503"
        assert "We will be right back" in response["ResponseTemplates"]["application/json"]


def test_the_page_is_html_that_needs_nothing_else_and_is_not_kept(stage: Stage) -> None:
    for method in _methods(stage):
        (response,) = method["Integration"]["IntegrationResponses"]
        headers = {
            name.removeprefix("method.response.header."): value
            for name, value in response["ResponseParameters"].items()
        }
        assert headers["Content-Type"] == "'text/html; charset=utf-8'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["Strict-Transport-Security"].startswith("'max-age=31536000")
        # Each constant is quoted, so a quote inside of one would end it.
        assert all(value.strip("'").count("'") == 0 for value in headers.values())
        page = response["ResponseTemplates"]["application/json"]
        assert not any(word in page for word in ("src=", "href=", "<script", "<style", "$", "#"))


def test_it_is_reached_by_the_portals_name_alone(stage: Stage) -> None:
    (api,) = _api(stage)
    domain = stage.portal.id_of("AWS::ApiGateway::DomainName", DomainName="portal-test.test.bank.example")
    mapping = stage.portal.one("AWS::ApiGateway::BasePathMapping", DomainName={"Ref": domain})
    assert mapping["RestApiId"] == {"Ref": api}
    assert stage.portal.body["Resources"][api]["Properties"]["DisableExecuteApiEndpoint"] is True
    properties = stage.portal.body["Resources"][domain]["Properties"]
    assert properties["EndpointConfiguration"] == {"IpAddressType": "dualstack", "Types": ["REGIONAL"]}
    assert properties["SecurityPolicy"] == "TLS_1_2"


def _api(stage: Stage) -> list[str]:
    return [
        id_
        for id_, api in stage.portal.resources("AWS::ApiGateway::RestApi").items()
        if api["Properties"]["Name"] == "maintenance-test"
    ]


def _methods(stage: Stage) -> list[dict[str, Any]]:
    (api,) = _api(stage)
    return stage.portal.properties("AWS::ApiGateway::Method", RestApiId={"Ref": api})
