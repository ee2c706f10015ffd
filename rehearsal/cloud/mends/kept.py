"""Properties that the emulator's handlers leave out of records which its Describe calls give as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..registry import Properties
from .wrapping import mend


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The properties of a type that its record shall keep. `record` finds it by physical id."""

    type: str
    record: Callable[[str], dict[str, Any] | None]
    properties: tuple[str, ...]
    spelled: Callable[[Any], Any]


def camel(value: Any) -> Any:
    """Names with a small first letter, as most JSON services write them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(item) for name, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def pascal(value: Any) -> Any:
    """As CloudFormation writes it."""
    return value


def _task_definition(arn: str) -> dict[str, Any] | None:
    from ministack.services import ecs

    found: dict[str, Any] | None = ecs._task_defs.get(arn.rsplit("/", 1)[-1])
    return found


def _project(name: str) -> dict[str, Any] | None:
    from ministack.services import codebuild

    found: dict[str, Any] | None = codebuild._projects.get(name)
    return found


def _function(name: str) -> dict[str, Any] | None:
    from ministack.services import lambda_svc

    found: dict[str, Any] = lambda_svc._functions.get(name) or {}
    return found.get("config")


def _rest_api(api_id: str) -> dict[str, Any] | None:
    from ministack.services import apigateway_v1

    found: dict[str, Any] | None = apigateway_v1._rest_apis.get(api_id)
    return found


def _role(name: str) -> dict[str, Any] | None:
    from ministack.services import iam

    found: dict[str, Any] | None = iam._roles.get(name)
    return found


ROWS = (
    Kept(
        type="AWS::ECS::TaskDefinition",
        record=_task_definition,
        properties=("RuntimePlatform", "EphemeralStorage"),
        spelled=camel,
    ),
    Kept(
        type="AWS::CodeBuild::Project",
        record=_project,
        properties=(
            "Cache",
            "ConcurrentBuildLimit",
            "EncryptionKey",
            "LogsConfig",
            "QueuedTimeoutInMinutes",
            "SecondaryArtifacts",
            "SecondarySources",
            "VpcConfig",
        ),
        spelled=camel,
    ),
    Kept(
        type="AWS::Lambda::Function",
        record=_function,
        properties=("VpcConfig",),
        spelled=pascal,
    ),
    Kept(
        type="AWS::ApiGateway::RestApi",
        record=_rest_api,
        properties=("DisableExecuteApiEndpoint", "EndpointConfiguration"),
        spelled=camel,
    ),
    Kept(
        type="AWS::IAM::Role",
        record=_role,
        properties=("PermissionsBoundary",),
        spelled=pascal,
    ),
)


def apply(emulated: dict[str, Any]) -> None:
    """Puts the rows in place."""
    for row in ROWS:
        mend(emulated, row.type, after=_keeping(row))
        if row.type == "AWS::CodeBuild::Project":
            _show_in_projects(row.properties)


def _show_in_projects(properties: tuple[str, ...]) -> None:
    """BatchGetProjects picks what it shows."""
    from ministack.services import codebuild

    picked = codebuild._project_shape
    keys = [name[:1].lower() + name[1:] for name in properties]

    def project_shape(project: dict[str, Any]) -> dict[str, Any]:
        return {**picked(project), **{key: project[key] for key in keys if key in project}}

    codebuild._project_shape = project_shape


def _keeping(row: Kept) -> Callable[[str, Properties, Properties], None]:
    def after(physical_id: str, old: Properties, new: Properties) -> None:
        record = row.record(physical_id)
        for name in row.properties:
            key = name if row.spelled is pascal else name[:1].lower() + name[1:]
            if record is not None and name in new:
                record[key] = row.spelled(new[name])
            elif record is not None and name in old:
                record.pop(key, None)

    return after
