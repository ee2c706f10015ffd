"""The logs of the doors: an API's stage keeps its own, and a web ACL takes only the groups that WAF takes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud.stacks import DeploymentFailed
from rehearsal.cloud.types import recorded

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]
GROUPS = "arn:aws:logs:us-east-1:111111111111:log-group"
ACL = "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/api-acl/1"


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.fixture
def role_for_logs(client: Client) -> Iterator[None]:
    """The account's role for API Gateway's logs, without which no stage may log."""

    def set_to(arn: str) -> None:
        operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
        client("apigateway").update_account(patchOperations=[operation])

    set_to("arn:aws:iam::111111111111:role/api-logs")
    yield
    set_to("")


@pytest.mark.usefixtures("role_for_logs")
def test_a_stage_keeps_its_access_log_and_a_method_its_validator(deploy: Deploy, client: Client) -> None:
    def api(group: str) -> dict[str, Any]:
        root = {"Fn::GetAtt": ["Api", "RootResourceId"]}
        method = of(
            "ApiGateway::Method",
            RestApiId={"Ref": "Api"},
            ResourceId=root,
            HttpMethod="GET",
            AuthorizationType="NONE",
            RequestValidatorId={"Ref": "Validator"},
            Integration={"Type": "MOCK"},
        )
        stage = of(
            "ApiGateway::Stage",
            RestApiId={"Ref": "Api"},
            DeploymentId={"Ref": "Deployment"},
            StageName="v1",
            AccessLogSetting={"DestinationArn": f"{GROUPS}:{group}", "Format": "$context.requestId"},
        )
        return {
            "Api": of("ApiGateway::RestApi", Name="api"),
            "Validator": of("ApiGateway::RequestValidator", RestApiId={"Ref": "Api"}, Name="validator"),
            "Method": method,
            "Deployment": {
                **of("ApiGateway::Deployment", RestApiId={"Ref": "Api"}),
                "DependsOn": ["Method"],
            },
            "Stage": stage,
        }

    for group in ("first", "second"):
        made = deploy(
            api(group),
            Api={"Ref": "Api"},
            Root={"Fn::GetAtt": ["Api", "RootResourceId"]},
            Validator={"Ref": "Validator"},
        )
        apigateway = client("apigateway")
        stage = apigateway.get_stage(restApiId=made["Api"], stageName="v1")
        assert stage["accessLogSettings"] == {
            "destinationArn": f"{GROUPS}:{group}",
            "format": "$context.requestId",
        }
        method = apigateway.get_method(restApiId=made["Api"], resourceId=made["Root"], httpMethod="GET")
        assert method["requestValidatorId"] == made["Validator"]


def test_a_web_acl_is_logged_into_a_group_that_waf_takes_and_no_other(deploy: Deploy) -> None:
    def logging(group: str) -> dict[str, Any]:
        destinations = [f"{GROUPS}:{group}"]
        return {
            "Logging": of("WAFv2::LoggingConfiguration", ResourceArn=ACL, LogDestinationConfigs=destinations)
        }

    deploy(logging("aws-waf-logs-api"))
    assert [kept.id for kept in recorded("AWS::WAFv2::LoggingConfiguration")] == [ACL]
    with pytest.raises(DeploymentFailed, match="The ARN isn't valid"):
        deploy(logging("waf-logs-api"))
