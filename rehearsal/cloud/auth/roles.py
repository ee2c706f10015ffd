"""Roles as AWS's services take them: a service has no credentials of its own that could ask STS."""

import time
from typing import Any

CODEBUILD = "codebuild.amazonaws.com"
CODEPIPELINE = "codepipeline.amazonaws.com"
CLOUDFORMATION = "cloudformation.amazonaws.com"
ECS_TASKS = "ecs-tasks.amazonaws.com"
LAMBDA = "lambda.amazonaws.com"


class NotTrusted(PermissionError):  # noqa: N818 - what the caller reads is the condition
    """A service may not take a role; the message says so in AWS's words."""


def assumed(
    role_arn: str,
    *,
    service: str,
    session: str,
    seconds: float | None = None,
    source: dict[str, str] | None = None,
) -> dict[str, str]:
    """A role's credentials (AccessKeyId, SecretAccessKey, SessionToken) for a service, as ecs-tasks.amazonaws.com.

    `seconds` is how long they hold, for good if None: on AWS a service renews them. `source` has the condition keys
    that the service sends, such as aws:SourceAccount. Raises NotTrusted when the role is not there, or does not
    trust the service.
    """
    from ministack.services import iam, sts

    check_trust(role_arn, service=service, source=source)
    made = {
        "AccessKeyId": iam._gen_session_access_key(),
        "SecretAccessKey": iam._gen_secret(),
        "SessionToken": iam._gen_session_token(),
    }
    account, name = account_of(role_arn), name_of(role_arn)
    kept: dict[str, Any] = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "UserId": f"{sts._role_id(role_arn)}:{session}",
        "SecretAccessKey": made["SecretAccessKey"],
        "SessionToken": made["SessionToken"],
        "AccountId": account,
        "PrincipalType": "AssumedRole",
    }
    if seconds is not None:
        kept["Expiration"] = time.time() + seconds
    sts.register_session(made["AccessKeyId"], kept)
    return made


def check_trust(role_arn: str, *, service: str, source: dict[str, str] | None = None) -> None:
    """Whether the role's trust policy lets a service take it. Raises NotTrusted."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    role = found(role_arn)
    asked = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region="us-east-1",
        service_context={key.lower(): value for key, value in (source or {}).items()},
    )
    trust = role["AssumeRolePolicyDocument"] if role else None
    if evaluate_resource_policy(trust, asked, service=service).decision != "Allow":
        raise NotTrusted(
            f"{service} is not authorized to perform: sts:AssumeRole on resource: {role_arn} "
            + (
                "because the role's trust policy does not allow it"
                if role
                else "because there is no such role"
            )
        )


def found(role_arn: str) -> dict[str, Any] | None:
    """The role as the emulator keeps it, in the account that the ARN names."""
    from ministack.services import iam

    role: dict[str, Any] | None = iam._roles.get_scoped(account_of(role_arn), None, name_of(role_arn))
    return role


def account_of(role_arn: str) -> str:
    """The role's account (12 digits)."""
    return role_arn.split(":")[4]


def name_of(role_arn: str) -> str:
    """The role's name, without its path."""
    return role_arn.rpartition("/")[2]
