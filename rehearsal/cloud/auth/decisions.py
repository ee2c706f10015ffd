"""What a role may do, where no request asks: one service of AWS acts with a role's rights upon another."""

from collections.abc import Sequence
from typing import Any

from .roles import account_of, name_of


def refusal(
    role_arn: str,
    action: str,
    resource: str,
    *,
    keys: dict[str, str] | None = None,
    session: str = "service",
) -> str | None:
    """Why a role may not do `action` on the ARN `resource`, in AWS's words; None if it may.

    `keys` are condition keys of the request, such as kms:ViaService. The resource's own policy counts as it does for
    a request, from whichever account.
    """
    from ministack.core import iam_evaluator as evaluator
    from ministack.core.responses import request_scope

    policies, limits = _policies(role_arn)
    asked = _asked(role_arn, session, action, resource, keys)
    result = evaluator.evaluate(asked, policies, *limits)
    service = action.partition(":")[0]
    with request_scope(_owner(service, resource) or asked.principal_account, asked.region):
        held = evaluator._resource_policy(service, resource)
    if held is not None:
        required = service in evaluator._POLICY_REQUIRED
        result = evaluator.combine_resource_policy(result, asked, *held, required=required, limits=limits)
    if result.decision == "Allow":
        return None
    return f"User: {asked.principal_arn} is not authorized to perform: {action} on resource: {resource}"


def refusal_everywhere(
    role_arn: str, actions: Sequence[str], *, keys: dict[str, str] | None = None, session: str = "service"
) -> str | None:
    """Why a role may do none of `actions` on any resource; None if there is one that it may do, somewhere.

    For what has no ARN yet, and so no policy of its own.
    """
    from ministack.core import iam_evaluator as evaluator

    policies, limits = _policies(role_arn)
    # A pattern matches itself, so it stands for the resources that a statement is about.
    somewhere = {
        pattern for policy in policies for statement in policy for pattern in statement.resources
    } | {"*"}
    for action in actions:
        for resource in somewhere:
            asked = _asked(role_arn, session, action, resource, keys)
            if evaluator.evaluate(asked, policies, *limits).decision == "Allow":
                return None
    if not actions:
        return None
    principal = _session(role_arn, session)
    return f"User: {principal} is not authorized to perform: {' or '.join(actions)}"


def _policies(role_arn: str) -> tuple[list[Any], list[Any]]:
    """The role's policies as the evaluator reads them, and its permissions boundary if it has one."""
    from ministack.core import iam_evaluator as evaluator
    from ministack.services import iam

    account, name = account_of(role_arn), name_of(role_arn)
    return (
        evaluator._gather_role_policies(name, account),
        evaluator._permissions_boundary(iam._roles, name, account),
    )


def _session(role_arn: str, session: str) -> str:
    return f"arn:aws:sts::{account_of(role_arn)}:assumed-role/{name_of(role_arn)}/{session}"


def _asked(role_arn: str, session: str, action: str, resource: str, keys: dict[str, str] | None) -> Any:
    from ministack.core.iam_evaluator import EvalContext

    return EvalContext(
        principal_arn=_session(role_arn, session),
        principal_type="AssumedRole",
        principal_account=account_of(role_arn),
        action=action,
        resource_arn=resource,
        region="us-east-1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )


def _owner(service: str, resource: str) -> str | None:
    """The account that a resource is in; an S3 ARN does not tell."""
    from ministack.services import s3

    if service == "s3":
        owner: str | None = s3._bucket_owner_account(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
        return owner
    account = resource.split(":")[4] if resource.count(":") >= 5 else ""
    return account or None


def refusal_of_caller(action: str, resource: str, *, keys: dict[str, str] | None = None) -> str | None:
    """The same for whoever signed the request that is being handled."""
    from ministack.core import iam_evaluator as evaluator
    from ministack.core.responses import get_region

    denied = evaluator.enforce(
        caller_key(),
        action,
        action.partition(":")[0],
        get_region(),
        resource_arn=resource,
        service_context=keys,
    )
    if denied is None:
        return None
    if isinstance(denied, evaluator.AuthError):
        return str(denied.message)
    return f"User: {denied.principal_arn} is not authorized to perform: {action} on resource: {resource}"


def caller_key() -> str:
    """The access key of the request that is being handled; that of the account's root is the account's number."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id

    return str(iam_evaluator._verified_key.get() or get_account_id())
