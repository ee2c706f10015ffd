"""S3: the policy of another account's bucket is asked about the role that calls, not about its whole account."""

from typing import Any


def apply() -> None:
    """Puts it in place."""
    from ministack.services import s3

    allows = s3._foreign_bucket_allows

    def foreign_bucket_allows(
        owner: str, bucket: str, key: str, method: str, query: dict[str, Any], caller: str, *headers: Any
    ) -> bool:
        if allows(owner, bucket, key, method, query, caller, *headers):
            return True
        return bool(caller) and _policy_allows(owner, bucket, key, method, query, caller)

    s3._foreign_bucket_allows = foreign_bucket_allows


def _policy_allows(
    owner: str, bucket: str, key: str, method: str, query: dict[str, Any], caller: str
) -> bool:
    from ministack.core.iam_actions import _s3_action
    from ministack.core.iam_evaluator import EvalContext, caller_arn, evaluate_resource_policy
    from ministack.services import s3

    path = f"{bucket}/{key}" if key else bucket
    arn = caller_arn()
    asked = EvalContext(
        principal_arn=arn,
        principal_type="AssumedRole" if ":assumed-role/" in arn else "User",
        principal_account=caller,
        action=f"s3:{_s3_action(method, f'/{path}', query)}",
        resource_arn=f"arn:aws:s3:::{path}",
        region="us-east-1",
    )
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    return bool(evaluate_resource_policy(policy, asked).decision == "Allow")
