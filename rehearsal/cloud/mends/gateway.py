"""API Gateway: an integration keeps its way to a VPC, a stage its access log; hosts are as AWS writes them."""

import re
from typing import Any

from ..registry import Properties
from .gateway_deployments import served
from .wrapping import mend

# CloudFormation's spelling and the API's.
_KEPT = {
    "ConnectionId": "connectionId",
    "IntegrationTarget": "integrationTarget",
    "TlsConfig": "tlsConfig",
    "ContentHandling": "contentHandling",
    "ResponseTransferMode": "responseTransferMode",
}


def _keep_integration(_: str, __: Properties, declared: Properties) -> None:
    from ministack.services import apigateway_v1

    integration = declared.get("Integration") or {}
    resource = apigateway_v1._resources[declared["RestApiId"]][declared["ResourceId"]]
    method = resource["resourceMethods"][declared.get("HttpMethod", "ANY")]
    if "RequestValidatorId" in declared:
        method["requestValidatorId"] = declared["RequestValidatorId"]
    kept = method.get("methodIntegration")
    for name, spelled in _KEPT.items():
        if kept is not None and name in integration:
            value = integration[name]
            kept[spelled] = (
                {key[0].lower() + key[1:]: item for key, item in value.items()}
                if isinstance(value, dict)
                else value
            )


def _keep_in_api() -> None:
    """The same for PutIntegration by its API."""
    from ministack.services import apigateway_v1

    put = apigateway_v1._put_integration

    def put_integration(api_id: str, resource_id: str, http_method: str, data: dict[str, Any]) -> Any:
        answer = put(api_id, resource_id, http_method, data)
        if answer[0] >= 400:
            return answer
        kept = apigateway_v1._resources[api_id][resource_id]["resourceMethods"][http_method][
            "methodIntegration"
        ]
        kept.update({name: data[name] for name in _KEPT.values() if name in data})
        return apigateway_v1._v1_response(kept, 201)

    apigateway_v1._put_integration = put_integration


def _meter_required_keys_only() -> None:
    """A usage plan counts calls of the methods that require its key; any other method ignores the header.

    "To associate API methods with a usage plan, you must configure individual API methods to require an
    API key" (API Gateway's developer guide, usage plans).
    """
    from ministack.services import apigateway_v1

    check = apigateway_v1._check_throttle

    def check_throttle(
        stage: Any, api_id: str, stage_name: str, path: str, verb: str, key: dict[str, Any] | None
    ) -> Any:
        resources = apigateway_v1._resources[served(api_id)].values()
        (resource,) = (each for each in resources if each["path"] == path)
        methods = resource["resourceMethods"]
        required = (methods.get(verb) or methods["ANY"]).get("apiKeyRequired")
        return check(stage, api_id, stage_name, path, verb, key if required else None)

    apigateway_v1._check_throttle = check_throttle


def _keep_access_log(_: str, __: Properties, declared: Properties) -> None:
    from ministack.services import apigateway_v1

    stage = apigateway_v1._stages_v1[declared["RestApiId"]][declared["StageName"]]
    setting = declared.get("AccessLogSetting") or {}
    stage["accessLogSettings"] = {name[0].lower() + name[1:]: value for name, value in setting.items()}


def apply(emulated: dict[str, Any]) -> None:
    """Puts them in place."""
    import ministack.app

    mend(emulated, "AWS::ApiGateway::Method", after=_keep_integration)
    mend(emulated, "AWS::ApiGateway::Stage", after=_keep_access_log)
    _keep_in_api()
    _meter_required_keys_only()
    ministack.app._EXECUTE_API_RE = re.compile(
        r"^([a-z0-9]{8,10})\.execute-api\.(?:[a-z0-9-]+\.amazonaws\.com|localhost)(?::\d+)?$"
    )
