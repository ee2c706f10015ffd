"""What CloudFormation may do when it deploys: the managed policies of the role that `cdk bootstrap` makes for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal_stage.boundary import POLICY_NAME, policy_arn
from portal_stage.rules import matches, problem

# CDK's own default.
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: attached to a role, by default.
_MOST = 10


def execution_policy_arns(policies: Sequence[str], account: str) -> list[str]:
    """The ARNs of the policies in the account; a name is that of a policy there, an ARN one of AWS's own."""
    return [policy_arn(policy, account) for policy in policies]


def execution_policy_problems(policies: object) -> Iterator[str]:
    """What is wrong with the field `execution_policies`; an ARN with an account's number would fit that one alone."""
    named = policies if isinstance(policies, tuple) else ()
    known = [each for each in named if matches(rf"(?:arn:aws:iam::aws:policy/)?{POLICY_NAME}", each)]
    if len(named) != len(set(known)) or not 1 <= len(named) <= _MOST:
        rule = (
            f"use a tuple of 1 to {_MOST} managed policies, each by the name that it has in every account or by the "
            "ARN of one of AWS's own"
        )
        yield problem("execution_policies", policies, rule, example=("bank-cdk-execution",))
