"""API Gateway serves what was deployed: a changed method waits for the next deployment."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rehearsal.cloud import stacks


def template(deployment: str, status: int = 200, **method: Any) -> dict[str, Any]:
    """An API whose one method answers with this status; a deployment of another name is another deployment."""

    def of(kind: str, after: str | None = None, /, **properties: Any) -> dict[str, Any]:
        made = {"Type": f"AWS::ApiGateway::{kind}", "Properties": properties}
        return {**made, "DependsOn": after} if after else made

    api = {"Ref": "Api"}
    integration = {
        "Type": "MOCK",
        "RequestTemplates": {"application/json": f'{{"statusCode": {status}}}'},
        "IntegrationResponses": [{"StatusCode": str(status)}],
    }
    asked = {"HttpMethod": "GET", "AuthorizationType": "NONE", "Integration": integration, **method}
    root = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    return {
        "Resources": {
            "Api": of("RestApi", Name="api"),
            "Method": of("Method", RestApiId=api, ResourceId=root, **asked),
            deployment: of("Deployment", "Method", RestApiId=api),
            "Stage": of("Stage", RestApiId=api, StageName="v1", DeploymentId={"Ref": deployment}),
        },
        "Outputs": {"Api": {"Value": api}},
    }


@pytest.fixture
def answer(world: Any, client: httpx.Client) -> Callable[..., int]:
    """Deploys a template and gives the status of the API's answer."""

    def deployed(*described: Any, **more: Any) -> int:
        stack = world.host("api").replace(".", "-")
        made = stacks.deploy(world.client("cloudformation"), stack, template(*described, **more))
        url = f"https://{made['Api']}.execute-api.us-east-1.amazonaws.com/v1"
        # What is no signature is looked at where IAM decides, and nowhere else.
        return client.get(url, headers={"authorization": "Bearer token"}).status_code

    return deployed


def test_a_changed_integration_is_served_with_its_deployment_and_not_before(
    answer: Callable[..., int],
) -> None:
    assert answer("First", 201) == 201
    assert answer("First", 202) == 201
    assert answer("Second", 202) == 202


@pytest.mark.parametrize("asking", [{"ApiKeyRequired": True}, {"AuthorizationType": "AWS_IAM"}])
def test_nobody_is_asked_for_more_before_the_next_deployment(
    answer: Callable[..., int], asking: dict[str, Any]
) -> None:
    assert answer("First") == 200
    assert answer("First", **asking) == 200
    assert answer("Second", **asking) == 403


@pytest.fixture
def gateway(world: Any) -> Any:
    return world.client("apigateway")


@pytest.fixture
def api(gateway: Any) -> dict[str, str]:
    """`GET /health` and `ANY /{proxy+}`, deployed to `v1`: the ids of the API and of its resources, by path."""
    api_id = gateway.create_rest_api(name="api")["id"]
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    made = {"api": api_id}
    for path, verb in (("health", "GET"), ("{proxy+}", "ANY")):
        made[path] = gateway.create_resource(restApiId=api_id, parentId=root, pathPart=path)["id"]
        method = {"restApiId": api_id, "resourceId": made[path], "httpMethod": verb}
        gateway.put_method(**method, authorizationType="NONE")
        gateway.put_integration(**method, type="MOCK")
    made["deployment"] = gateway.create_deployment(restApiId=api_id, stageName="v1")["id"]
    return made


@pytest.mark.parametrize(
    ("verb", "path", "taken"), [("GET", "health", "health"), ("POST", "health", "{proxy+}")]
)
def test_what_is_taken_away_is_served_until_the_next_deployment(
    client: httpx.Client, gateway: Any, api: dict[str, str], verb: str, path: str, taken: str
) -> None:
    url = f"https://{api['api']}.execute-api.us-east-1.amazonaws.com/v1/{path}"
    gateway.delete_resource(restApiId=api["api"], resourceId=api[taken])
    before = client.request(verb, url).status_code
    gateway.create_deployment(restApiId=api["api"], stageName="v1")

    assert before == 200
    assert (client.request(verb, url).status_code == 200) is (taken == "health")


def test_requests_are_checked_as_they_were_when_it_was_deployed(
    client: httpx.Client, gateway: Any, api: dict[str, str]
) -> None:
    asked = {"restApiId": api["api"], "resourceId": api["{proxy+}"], "httpMethod": "POST"}
    gateway.create_model(
        restApiId=api["api"], name="Any", contentType="application/json", schema='{"type": "object"}'
    )
    check = gateway.create_request_validator(restApiId=api["api"], name="body", validateRequestBody=True)[
        "id"
    ]
    gateway.put_method(
        **asked, authorizationType="NONE", requestValidatorId=check, requestModels={"application/json": "Any"}
    )
    gateway.put_integration(**asked, type="MOCK")

    def posted() -> int:
        url = f"https://{api['api']}.execute-api.us-east-1.amazonaws.com/v1/a"
        return client.post(url, json=[]).status_code

    gateway.create_deployment(restApiId=api["api"], stageName="v1")
    gateway.delete_model(restApiId=api["api"], modelName="Any")
    assert posted() == 400
    gateway.delete_request_validator(restApiId=api["api"], requestValidatorId=check)
    assert posted() == 400
    gateway.create_deployment(restApiId=api["api"], stageName="v1")
    assert posted() == 200


def test_what_is_kept_is_kept_as_long_as_its_deployment(gateway: Any, api: dict[str, str]) -> None:
    from ministack.services import apigateway_v1

    def kept() -> list[str]:
        stores = (apigateway_v1._resources, apigateway_v1._models, apigateway_v1._request_validators)
        return [name for store in stores for _, _, name in store._data if name.startswith(f"{api['api']}/")]

    gateway.create_deployment(restApiId=api["api"])
    assert len(kept()) == 2 * 3
    gateway.delete_deployment(restApiId=api["api"], deploymentId=api["deployment"])
    assert len(kept()) == 3
    gateway.delete_rest_api(restApiId=api["api"])
    assert kept() == []
