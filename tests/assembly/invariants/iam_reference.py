"""Every statement against AWS's own reference: actions, resource types and condition keys that exist."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.iam_database import problems
from tests.assembly.policies import statements
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

# In the other documents the resource is what carries the policy.
OF_PRINCIPALS = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")


@invariant
def policies_say_what_iam_knows(synthesis: Synthesis) -> Iterator[str]:
    """An action that exists, on a resource of a type that it takes, under a condition key that it has."""
    for statement in statements(synthesis):
        # Of everything but some resources, `resources_are_named` tells.
        if statement.type in OF_PRINCIPALS and "Resource" in statement.body:
            for found in problems(
                statement.actions, statement.resources, statement.body.get("Condition", {})
            ):
                yield told(statement.stack, statement.logical_id, found=found, wanted="what IAM knows")
