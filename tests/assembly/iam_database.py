"""What the Service Authorization Reference says of IAM actions, read by `policy-sentry`, which brings it along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from policy_sentry.querying.actions import get_action_data, get_actions_for_service

# Conditions of every service:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL = "aws:"

# CDK Pipelines lets SelfMutate assume roles by this tag of theirs, and AWS takes it; the reference tells of the key at
# the type `role`, not at the action: `selfMutateAction` in aws-cdk-lib/pipelines/lib/codepipeline/codepipeline.js.
BESIDE = {"sts:AssumeRole": {"iam:resourcetag/"}}

# CDK Pipelines grants it under the service's former name too, which a connection of the new name does not take. It does
# no harm; what counts is `use_connection` in pipeline/steps.py.
HARMLESS = {"codestar-connections:UseConnection"}


def problems(actions: Sequence[str], resources: Sequence[str], condition: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one statement; a reference in a resource is written in angle brackets."""
    known = {action: _matching(action) for action in actions}
    yield from (f"{action} is no action" for action, found in known.items() if not found)
    rows = [row for found in known.values() for name in found for row in _rows(name)]
    patterns = [re.sub(r"<[^>]*>", "*", resource) for resource in resources]
    for pattern, resource in zip(patterns, resources, strict=True):
        if rows and not any(_takes(row["resource_arn_format"], pattern) for row in rows):
            yield f"{resource} is of no type that {', '.join(actions)} takes"
    for action, found in known.items():
        formats = [row["resource_arn_format"] for name in found for row in _rows(name)]
        if (
            found
            and action not in HARMLESS
            and not any(_takes(format_, pattern) for pattern in patterns for format_ in formats)
        ):
            yield f"{action} takes none of {', '.join(resources)}"
    keys = {_plain(key) for row in rows for key in row["condition_keys"]}
    keys |= {key for action in actions for key in BESIDE.get(action, set())}
    for operator in condition.values():
        for key in operator:
            if not key.lower().startswith(GLOBAL) and not any(
                _plain(key).startswith(key_known) for key_known in keys
            ):
                yield f"{key} is no condition key of {', '.join(actions)}"


@cache
def _matching(action: str) -> tuple[str, ...]:
    """The actions that a pattern such as `s3:Get*` stands for."""
    service = action.partition(":")[0]
    if action == "*":
        return ()
    every = get_actions_for_service(service)
    return tuple(each for each in every if fnmatchcase(each.lower(), action.lower()))


@cache
def _rows(action: str) -> tuple[dict[str, Any], ...]:
    """A row for each type of resource that an action takes."""
    service, _, name = action.partition(":")
    found: Any = get_action_data(service, name)
    return tuple(row for rows in found.values() for row in rows) if found else ()


def _plain(key: str) -> str:
    """A condition key without what follows a placeholder: `kms:EncryptionContext:${EncryptionContextKey}`."""
    head, separator, _ = key.lower().partition("${")
    return head if separator else re.sub(r"(?<=encryptioncontext:).*", "", head)


def _takes(format_: str, pattern: str) -> bool:
    """Whether a resource may be of the type with this ARN; the format `*` is that of an action without types."""
    return pattern == "*" if format_ == "*" else _meet(pattern, re.sub(r"\$\{[^}]*\}", "*", format_))


@cache
def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns, in which `*` stands for anything."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(one, other[1:]) or _meet(one[1:], other)
    return one[0] == other[0] and _meet(one[1:], other[1:])
