"""IAM: the resource that a request is about, where the emulator does not see it and asks for a permission on `*`."""

from collections.abc import Callable
from typing import Any


def _pipeline(field: Callable[[str], Any]) -> str:
    """The pipeline, the stage or the action."""
    declared = field("pipeline") or {}
    name = field("pipelineName") or field("name") or declared.get("name")
    return "/".join(filter(None, [name, field("stageName"), field("actionName")])) if name else ""


def _repository(field: Callable[[str], Any]) -> str:
    """The one repository of a request that could name several."""
    names = field("repositoryNames") or []
    return f"repository/{names[0]}" if len(names) == 1 else ""


# By the emulator's name of the service: the last part of the ARN, from the fields of the request's JSON.
_ASKED_FOR = {"codepipeline": _pipeline, "ecr": _repository}


def apply() -> None:
    """Lets these rows have a look before a permission on everything is asked for."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(service: str, *request: Any) -> str:
        found = str(extract(service, *request))
        row = _ASKED_FOR.get(service)
        if found != "*" or row is None:
            return found
        *_, body, _query, region, account = request
        resource = row(lambda field: iam_actions._safe_json_field(body, field))
        return f"arn:aws:{service}:{region}:{account}:{resource}" if resource else "*"

    iam_actions.extract_resource_arn = extract_resource_arn
