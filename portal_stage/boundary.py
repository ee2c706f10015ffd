"""The permissions boundary that a bank puts on every role: named in the configuration, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal_stage.rules import matches, problem

POLICY_NAME = r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,128}"


def policy_arn(policy: str, account: str) -> str:
    """The ARN of a policy that is given as an ARN or as the name of one in the account."""
    return policy if policy.startswith("arn:") else f"arn:aws:iam::{account}:policy/{policy}"


def boundary_arn(policy: str | None, account: str) -> str | None:
    """The ARN of the boundary; None for none."""
    return policy and policy_arn(policy, account)


def boundary_problems(policy: str | None, account: str) -> Iterator[str]:
    """What is wrong with the field `permissions_boundary`; IAM takes a policy of the role's own account only."""
    if policy is not None and not matches(
        f"(?:arn:aws:iam::{re.escape(str(account))}:policy/)?{POLICY_NAME}", policy
    ):
        rule = "use a managed policy of the same account by its name or its ARN, or None for no boundary"
        yield problem("permissions_boundary", policy, rule, example="bank-boundary")
