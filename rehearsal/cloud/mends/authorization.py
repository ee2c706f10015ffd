"""IAM: calls are refused as on AWS; where the emulator's evaluator reads a request otherwise, it is put right."""

import logging
from typing import Any

from ..auth import roles

_log = logging.getLogger(__name__)


def apply() -> None:
    """Puts AWS's reading in place, and lets it decide."""
    from ministack import app

    app.AUTH = True
    _call_loopback_secure()
    _describe_roles_in_conditions()
    _keep_roots_out_of_services_roles()
    _write_refusals_down()


def _call_loopback_secure() -> None:
    """Every call of AWS's APIs comes by TLS; loopback stands in for it, also in the eyes of aws:SecureTransport."""
    from ministack import app

    pin = app.pin_request_origin

    def pin_request_origin(source: str, _: bool) -> None:
        pin(source, True)

    app.pin_request_origin = pin_request_origin


def _describe_roles_in_conditions() -> None:
    """aws:PrincipalArn of a role's session is the role's ARN, where the emulator gives the session's; a role has tags,
    by which CDK's builds choose the bootstrap roles that they take; and a bucket's ARN does not say whose it is."""
    from ministack.core import iam_evaluator
    from ministack.services import s3

    resolve = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key: str, context: Any) -> Any:
        name = key.lower()
        if name == "aws:principalarn" and context.principal_type == "AssumedRole":
            return _role_of_session(context)
        if name.startswith("iam:resourcetag/") and ":role/" in context.resource_arn:
            role = roles.found(context.resource_arn) or {}
            tags = {tag["Key"].lower(): tag["Value"] for tag in role.get("Tags") or []}
            return tags.get(name.removeprefix("iam:resourcetag/"))
        if name.endswith(":resourceaccount") and context.resource_arn.startswith("arn:aws:s3:::"):
            bucket = context.resource_arn.removeprefix("arn:aws:s3:::").partition("/")[0]
            return s3._bucket_owner_account(bucket) or context.principal_account
        return resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_condition_key


def _role_of_session(context: Any) -> str:
    name = context.principal_arn.split("/")[1]
    arn = f"arn:aws:iam::{context.principal_account}:role/{name}"
    role = roles.found(arn)
    return str(role["Arn"]) if role else arn


def _keep_roots_out_of_services_roles() -> None:
    """A role that trusts a service alone is nobody else's; the emulator lets each account's root take it."""
    from ministack.core import iam_evaluator

    matches = iam_evaluator._principal_matches

    def principal_matches(principal: Any, caller_arn: str) -> bool:
        if isinstance(principal, dict):
            principal = {kind: named for kind, named in principal.items() if kind != "Service"}
        return bool(matches(principal, caller_arn))

    iam_evaluator._principal_matches = principal_matches


def _write_refusals_down() -> None:
    """Into the cloud's log: a program may swallow the answer."""
    from ministack.core import iam_actions

    answer = iam_actions.access_denied_response

    def access_denied_response(service: str, action: str, principal: str, *details: Any, **more: Any) -> Any:
        on = more.get("resource_arn") or "what it asked for"
        _log.warning("refused: %s to %s on %s %s", action, principal or "nobody", on, more.get("message", ""))
        return answer(service, action, principal, *details, **more)

    iam_actions.access_denied_response = access_denied_response
