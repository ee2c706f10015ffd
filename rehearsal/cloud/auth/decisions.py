"""What a role may do, where no request asks: one service of AWS acts with a role's rights upon another."""

from .roles import account_of, name_of


def refusal(role_arn: str, action: str, resource: str, *, keys: dict[str, str] | None = None) -> str | None:
    """Why a role may not do `action` on the ARN `resource`, in AWS's words; None if it may.

    `keys` are condition keys of the request, such as kms:ViaService. The resource's own policy counts as it does for
    a request, from whichever account.
    """
    from ministack.core import iam_evaluator as evaluator
    from ministack.core.responses import request_scope
    from ministack.services import iam

    account, name = account_of(role_arn), name_of(role_arn)
    session = f"arn:aws:sts::{account}:assumed-role/{name}/service"
    asked = evaluator.EvalContext(
        principal_arn=session,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region="us-east-1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )
    limits = evaluator._permissions_boundary(iam._roles, name, account)
    result = evaluator.evaluate(asked, evaluator._gather_role_policies(name, account), *limits)
    service = action.partition(":")[0]
    with request_scope(_owner(service, resource) or account, asked.region):
        held = evaluator._resource_policy(service, resource)
    if held is not None:
        required = service in evaluator._POLICY_REQUIRED
        result = evaluator.combine_resource_policy(result, asked, *held, required=required, limits=limits)
    if result.decision == "Allow":
        return None
    return f"User: {session} is not authorized to perform: {action} on resource: {resource}"


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
