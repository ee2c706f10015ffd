"""Every statement against AWS's own reference: actions, resource types and condition keys that exist."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.iam_database import problems
from tests.assembly.policies import statements, texts
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis


@invariant
def policies_say_what_iam_knows(synthesis: Synthesis) -> Iterator[str]:
    """An action that exists, on a resource of a type that it takes, under a condition key that it has.

    Of roles, their trust, keys, buckets, topics and log groups. A trust policy has no resource but the role itself.
    """
    for statement in statements(synthesis):
        # What is allowed by exclusion, `actions_are_named` and `resources_are_named` tell.
        if {"NotAction", "NotResource"} & statement.body.keys() or "*" in statement.actions:
            continue
        resources = texts(statement.body.get("Resource", "*"))
        for found in problems(statement.actions, resources, statement.body.get("Condition", {})):
            wanted = "actions, resources and conditions of the Service Authorization Reference"
            yield told(statement.stack, statement.logical_id, found=found, wanted=wanted)
