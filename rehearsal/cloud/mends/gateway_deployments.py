"""API Gateway: a stage serves the methods that its deployment was made of, and no later change of them, as on AWS.

So with the models and validators of its requests; authorizers are those of the moment, as the emulator has them.
"""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# The emulator's stores, by API, of what a deployment is made of.
_STORES = ("_resources", "_models", "_request_validators")
_stage: ContextVar[str | None] = ContextVar("stage", default=None)


def apply() -> None:
    """Puts it in place."""
    _keep_what_is_deployed()
    _serve_what_is_kept()


def served(api_id: str) -> str:
    """The name under which the emulator finds what serves the request under way, as it finds an API's by its id."""
    from ministack.services import apigateway_v1

    stage = _stage.get()
    if stage is None:
        return api_id
    return _kept(api_id, apigateway_v1._stages_v1[api_id][stage]["deploymentId"])


def _kept(api_id: str, deployment_id: str) -> str:
    """The name under which a deployment is kept; no API's id has a slash."""
    return f"{api_id}/{deployment_id}"


def _keep_what_is_deployed() -> None:
    """Beside what the API has now, so that it survives with that; as long as the deployment."""
    from ministack.services import apigateway_v1

    create, delete, delete_api = (
        apigateway_v1._create_deployment,
        apigateway_v1._delete_deployment,
        apigateway_v1._delete_rest_api,
    )
    stores = [getattr(apigateway_v1, name) for name in _STORES]

    def create_deployment(api_id: str, data: dict[str, Any]) -> Any:
        answer = create(api_id, data)
        if answer[0] < 400:
            for store in stores:
                store[_kept(api_id, json.loads(answer[2])["id"])] = copy.deepcopy(store.get(api_id, {}))
        return answer

    def forget(api_id: str, deployment_id: str) -> None:
        for store in stores:
            store.pop(_kept(api_id, deployment_id), None)

    def delete_deployment(api_id: str, deployment_id: str) -> Any:
        forget(api_id, deployment_id)
        return delete(api_id, deployment_id)

    def delete_rest_api(api_id: str) -> Any:
        for deployment_id in apigateway_v1._deployments_v1.get(api_id, {}):
            forget(api_id, deployment_id)
        return delete_api(api_id)

    apigateway_v1._create_deployment = create_deployment
    apigateway_v1._delete_deployment = delete_deployment
    apigateway_v1._delete_rest_api = delete_rest_api


def _serve_what_is_kept() -> None:
    """Both where a request is authorized and where it is carried out."""
    from ministack.services import apigateway_v1

    execute, authorization_type = apigateway_v1._execute_in_scope, apigateway_v1.method_authorization_type
    match, match_greedy = apigateway_v1._match_resource_tree, apigateway_v1._match_greedy_fallback
    validate = apigateway_v1._check_request_validation

    async def execute_in_scope(request: Any, api_id: str, stage: str, *more: Any) -> Any:
        with _serving(stage):
            return await execute(request, api_id, stage, *more)

    def method_authorization_type(api_id: str, stage: str, *more: Any) -> Any:
        with _serving(stage):
            return authorization_type(api_id, stage, *more)

    apigateway_v1._execute_in_scope = execute_in_scope
    apigateway_v1.method_authorization_type = method_authorization_type
    apigateway_v1._match_resource_tree = lambda api_id, *more: match(served(api_id), *more)
    apigateway_v1._match_greedy_fallback = lambda api_id, *more: match_greedy(served(api_id), *more)
    apigateway_v1._check_request_validation = lambda method, api_id, *more: validate(
        method, served(api_id), *more
    )


@contextmanager
def _serving(stage: str) -> Iterator[None]:
    token = _stage.set(stage)
    try:
        yield
    finally:
        _stage.reset(token)
