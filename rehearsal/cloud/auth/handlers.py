"""What CloudFormation must be allowed, to make, change or remove a resource: from the types' published schemas.

A schema lists every action that its handler may ever call, most of them only for properties that few templates have.
Certain is the one that bears the type's own name, as dynamodb:CreateTable of a Table; where none does, one of those
that write is needed, and nobody says which.
"""

from functools import cache
from typing import Any, Literal

Verb = Literal["create", "update", "delete"]

_WORDS: dict[Verb, tuple[str, ...]] = {
    "create": ("create", "put"),
    "update": ("update", "modify", "put"),
    "delete": ("delete",),
}
_READ = ("get", "list", "describe", "batchget")
# A type's namespace is its service's prefix in IAM, but for these.
_PREFIXES = {
    "ApiGatewayV2": "apigateway",
    "ApplicationAutoScaling": "application-autoscaling",
    "CertificateManager": "acm",
    "ElasticLoadBalancingV2": "elasticloadbalancing",
}
# Older than the schemas' handlers, and still without any.
_WITHOUT_HANDLERS = {"AWS::CodeBuild::Project": "codebuild:{verb}Project"}
PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action


@cache
def alternatives(resource_type: str, verb: Verb) -> tuple[str, ...]:
    """The actions of which one at least is needed; none where the type's handler writes nothing."""
    if named := _WITHOUT_HANDLERS.get(resource_type):
        return (named.format(verb=verb.capitalize()),)
    namespace, _, name = resource_type.removeprefix("AWS::").partition("::")
    service = _PREFIXES.get(namespace, namespace.lower())
    writing = [each for each in _permissions(resource_type, verb) if _writes(each, service)]
    wanted = {word + name.lower() + plural for word in _WORDS[verb] for plural in ("", "s")}
    telling = [action for action in writing if action.partition(":")[2].lower() in wanted]
    return tuple(telling or writing)


def hands_roles_on(resource_type: str, verb: Verb) -> bool:
    """Whether the handler passes the roles that the properties name on to the type's service."""
    return resource_type in _WITHOUT_HANDLERS or PASS_ROLE in _permissions(resource_type, verb)


def _writes(action: str, service: str) -> bool:
    """Whether an action of the service changes something that is more than a tag."""
    prefix, _, verb = action.partition(":")
    told = verb.lower()
    return prefix == service and action != PASS_ROLE and not told.startswith(_READ) and "tag" not in told


def _permissions(resource_type: str, verb: Verb) -> list[str]:
    return list(_handlers(resource_type).get(verb, {}).get("permissions", []))


@cache
def _handlers(resource_type: str) -> dict[Verb, Any]:
    # Half a second to import, and only a deployment needs it.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    except ResourceNotFoundError:
        return {}
    return dict(schema.get("handlers", {}))
