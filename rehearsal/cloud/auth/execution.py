"""What a stack's execution role may do to a resource.

It is asked by action and not by resource, for what is yet to be made has no ARN; for the function behind a custom
resource, and the roles that a resource hands on to its service, by resource too.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .decisions import refusal, refusal_everywhere
from .handlers import PASS_ROLE, Verb, alternatives, hands_roles_on
from .roles import account_of, found

_SESSION = "AWSCloudFormation"


def refusal_of_resource(
    role_arn: str, verb: Verb, resource_type: str, properties: Mapping[str, Any]
) -> str | None:
    """Why the role may not do this to a resource with these properties, in AWS's words; None if it may."""
    if function := properties.get("ServiceToken"):
        return refusal(role_arn, "lambda:InvokeFunction", function, session=_SESSION)
    actions, keys = alternatives(resource_type, verb), _keys(role_arn, properties)
    if reason := refusal_everywhere(role_arn, actions, keys=keys, session=_SESSION):
        return reason
    # A role of another account cannot be handed on: who is to act as it takes it by STS.
    at_home = f"arn:aws:iam::{account_of(role_arn)}:role/"
    named = _texts_in(properties) if hands_roles_on(resource_type, verb) else ()
    roles = [text for text in named if text.startswith(at_home)]
    return next((reason for passed in roles if (reason := _refusal_to_pass(role_arn, passed))), None)


def _keys(role_arn: str, properties: Mapping[str, Any]) -> dict[str, str]:
    """The permissions boundary of a role that is made, or of the one that a policy is put into."""
    names = [name for name in properties.get("Roles", ()) if isinstance(name, str)]
    roles = [found(f"arn:aws:iam::{account_of(role_arn)}:role/{name}") or {} for name in names]
    boundary = next(
        (role["PermissionsBoundary"] for role in (properties, *roles) if role.get("PermissionsBoundary")),
        None,
    )
    return {"iam:PermissionsBoundary": str(boundary)} if boundary else {}


def _refusal_to_pass(role_arn: str, passed: str) -> str | None:
    """Why the role may not hand another on, to any of the services that it trusts."""
    reasons = [
        refusal(role_arn, PASS_ROLE, passed, keys={"iam:PassedToService": service}, session=_SESSION)
        for service in _services_trusted_by(passed)
    ]
    return reasons[0] if reasons and all(reasons) else None


def _services_trusted_by(role_arn: str) -> list[str]:
    trust = (found(role_arn) or {}).get("AssumeRolePolicyDocument") or {}
    statements = (json.loads(trust) if isinstance(trust, str) else trust).get("Statement", [])
    named = [statement.get("Principal", {}) for statement in statements]
    services = [principal.get("Service", []) for principal in named if isinstance(principal, dict)]
    return [name for each in services for name in ([each] if isinstance(each, str) else each)]


def _texts_in(value: Any) -> Iterator[str]:
    """The texts among the properties, however deep; but what an action of a pipeline is told is its own affair."""
    if isinstance(value, Mapping):
        value = [each for name, each in value.items() if name != "Configuration"]
    if isinstance(value, list):
        for each in value:
            yield from _texts_in(each)
    elif isinstance(value, str):
        yield value
