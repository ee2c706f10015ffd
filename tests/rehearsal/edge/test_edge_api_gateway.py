"""API Gateway's door: custom domain, keys and plans, and the VPC link to the load balancer of its target."""

from typing import Any, NamedTuple

import httpx
import pytest


class Deployed(NamedTuple):
    """`/api/{proxy+}` with a key, `GET /api/health` without, both by a VPC link to a balancer; stage `v1`."""

    world: Any
    url: str
    api_id: str
    proxy_id: str
    key: dict[str, str]
    regional_name: str

    def integrate(self, **settings: Any) -> None:
        integrate(self.world, self.api_id, self.proxy_id, "ANY", **settings)
        self.world.client("apigateway").create_deployment(restApiId=self.api_id, stageName="v1")


def integrate(world: Any, api_id: str, resource_id: str, method: str, **settings: Any) -> None:
    asked = {
        "type": "HTTP_PROXY",
        "integrationHttpMethod": method,
        "uri": f"https://{world.host('origin')}/api/{{proxy}}",
        "connectionType": "VPC_LINK",
        "connectionId": "link",
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
    } | settings
    world.client("apigateway").put_integration(
        restApiId=api_id,
        resourceId=resource_id,
        httpMethod=method,
        **{name: value for name, value in asked.items() if value is not None},
    )


def usage_key(world: Any, api_id: str, rate: float, burst: int) -> dict[str, str]:
    """The header of a new key on a plan of its own; rate in requests per second."""
    gateway = world.client("apigateway")
    key = gateway.create_api_key(name="tests", enabled=True)
    plan = gateway.create_usage_plan(
        name="tests",
        apiStages=[{"apiId": api_id, "stage": "v1"}],
        throttle={"rateLimit": rate, "burstLimit": burst},
    )
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return {"x-api-key": key["value"]}


@pytest.fixture
def target(world: Any, backend: int) -> str:
    """The ARN of a balancer whose listener's certificate covers `origin`."""
    balancer = world.balancer()
    certificate = world.certificate(world.host("api"), world.host("origin"))
    world.listener(balancer, world.target_group(backend), Certificates=[{"CertificateArn": certificate}])
    return str(balancer["LoadBalancerArn"])


@pytest.fixture
def api(world: Any, target: str) -> Deployed:
    gateway = world.client("apigateway")
    api_id = gateway.create_rest_api(name="api", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    base = gateway.create_resource(restApiId=api_id, parentId=root, pathPart="api")["id"]
    proxy = gateway.create_resource(restApiId=api_id, parentId=base, pathPart="{proxy+}")["id"]
    health = gateway.create_resource(restApiId=api_id, parentId=base, pathPart="health")["id"]
    for resource, method, keyed in ((proxy, "ANY", True), (health, "GET", False)):
        gateway.put_method(
            restApiId=api_id,
            resourceId=resource,
            httpMethod=method,
            authorizationType="NONE",
            apiKeyRequired=keyed,
        )
    integrate(world, api_id, proxy, "ANY", integrationTarget=target)
    integrate(
        world,
        api_id,
        health,
        "GET",
        integrationTarget=target,
        uri=f"https://{world.host('origin')}/api/health",
        requestParameters=None,
    )
    gateway.create_deployment(restApiId=api_id, stageName="v1")
    domain = gateway.create_domain_name(
        domainName=world.host("api"),
        regionalCertificateArn=world.certificate(world.host("api")),
        endpointConfiguration={"types": ["REGIONAL"]},
        securityPolicy="TLS_1_2",
    )
    gateway.create_base_path_mapping(domainName=world.host("api"), restApiId=api_id, stage="v1")
    world.alias("api", domain["regionalDomainName"])
    key = usage_key(world, api_id, rate=100, burst=100)
    return Deployed(world, f"https://{world.host('api')}", api_id, proxy, key, domain["regionalDomainName"])


def test_request_without_a_key_is_forbidden(client: httpx.Client, api: Deployed) -> None:
    answer = client.get(f"{api.url}/api/sessions")

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_request_with_a_key_reaches_the_balancers_target(client: httpx.Client, api: Deployed) -> None:
    seen = client.post(f"{api.url}/api/sessions/a%20b?x=1", content=b"{}", headers=api.key).json()

    assert (seen["target"], seen["method"], seen["path"], seen["body"]) == (
        "backend",
        "POST",
        "/api/sessions/a%20b?x=1",
        "{}",
    )
    assert seen["headers"]["host"] == api.world.host("origin")


def test_method_without_a_key_requirement_is_open(client: httpx.Client, api: Deployed) -> None:
    assert client.get(f"{api.url}/api/health").json()["path"] == "/api/health"


def test_key_on_a_tiny_plan_is_throttled(client: httpx.Client, api: Deployed) -> None:
    key = usage_key(api.world, api.api_id, rate=1, burst=2)

    statuses = [client.get(f"{api.url}/api/sessions", headers=key).status_code for _ in range(6)]

    assert statuses[0] == 200
    assert 429 in statuses


def test_key_sent_where_none_is_required_is_not_metered(client: httpx.Client, api: Deployed) -> None:
    key = usage_key(api.world, api.api_id, rate=1, burst=2)

    statuses = [client.get(f"{api.url}/api/health", headers=key).status_code for _ in range(6)]

    assert statuses == [200] * 6


def test_unknown_path_never_reaches_the_backend(client: httpx.Client, api: Deployed) -> None:
    answer = client.get(f"{api.url}/elsewhere", headers=api.key)

    assert (answer.status_code, answer.json()) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_without_integration_target_the_gateway_fails(client: httpx.Client, api: Deployed) -> None:
    api.integrate()

    answer = client.get(f"{api.url}/api/sessions", headers=api.key)

    assert (answer.status_code, answer.json()["message"].strip()) == (500, "Internal server error")


@pytest.mark.parametrize(
    "uri", ["https://{other}/{{proxy}}", "http://{origin}/{{proxy}}", "http://{origin}:443/{{proxy}}"]
)
def test_target_that_the_uri_does_not_fit_fails(
    client: httpx.Client, api: Deployed, target: str, uri: str
) -> None:
    """A name outside the listener's certificate, a port without a listener, plain HTTP to a TLS listener."""
    hosts = {name: api.world.host(name) for name in ("origin", "other")}
    api.integrate(integrationTarget=target, uri=uri.format(**hosts))

    assert client.get(f"{api.url}/api/sessions", headers=api.key).status_code == 500


def test_without_base_path_mapping_the_domain_is_forbidden(client: httpx.Client, api: Deployed) -> None:
    api.world.client("apigateway").delete_base_path_mapping(
        domainName=api.world.host("api"), basePath="(none)"
    )

    assert client.get(f"{api.url}/api/health").status_code == 403


def test_without_the_record_the_name_does_not_resolve(client: httpx.Client, api: Deployed) -> None:
    api.world.unalias("api", api.regional_name)

    with pytest.raises(httpx.ProxyError, match="NXDOMAIN"):
        client.get(f"{api.url}/api/health")


def test_certificate_is_the_domains(client: httpx.Client, api: Deployed) -> None:
    api.world.alias("other", api.regional_name)

    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        client.get(f"https://{api.world.host('other')}/api/health")


def test_execute_api_host_takes_the_stage_from_the_path(client: httpx.Client, api: Deployed) -> None:
    url = f"https://{api.api_id}.execute-api.us-east-1.amazonaws.com"

    assert client.get(f"{url}/v1/api/health").status_code == 200
    assert client.get(f"{url}/v2/api/health").status_code == 403


def test_disabled_execute_api_endpoint_is_forbidden(client: httpx.Client, api: Deployed) -> None:
    api.world.client("apigateway").update_rest_api(
        restApiId=api.api_id,
        patchOperations=[{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}],
    )

    url = f"https://{api.api_id}.execute-api.us-east-1.amazonaws.com/v1/api/health"
    assert client.get(url).status_code == 403
