"""Policies of keys, buckets, topics and roles: whom they name, and whether they fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from ..values import UNKNOWN, listed, named
from ..views import Change, Found, Properties

INLINE_CHARACTERS = 10_240
TRUST_CHARACTERS = 2_048
TRUST_CODE = "L-C07B4B0D"
_LINKED = "aws-service-role/"


def key_policies_name_existing_principals(change: Change) -> Iterator[Found]:
    """A key's policy may not name a role that is not there yet."""
    yield from _absent(change, "AWS::KMS::Key", "KeyPolicy")


def bucket_policies_name_existing_principals(change: Change) -> Iterator[Found]:
    """Nor may a bucket's."""
    yield from _absent(change, "AWS::S3::BucketPolicy", "PolicyDocument")


def topic_policies_name_existing_principals(change: Change) -> Iterator[Found]:
    """Nor may a topic's."""
    yield from _absent(change, "AWS::SNS::TopicPolicy", "PolicyDocument")


def roles_trust_existing_principals(change: Change) -> Iterator[Found]:
    """Nor may a role trust one; a condition on `aws:PrincipalArn` may name it."""
    yield from _absent(change, "AWS::IAM::Role", "AssumeRolePolicyDocument")


def keys_stay_in_reach(change: Change) -> Iterator[Found]:
    """KMS takes no policy under which its author could never change it."""
    for logical_id, properties in change.template.properties("AWS::KMS::Key"):
        if "KeyPolicy" not in properties or properties.get("BypassPolicyLockoutSafetyCheck") in (
            True,
            "true",
        ):
            continue
        if not any(_keeps(change, statement) for statement in _statements(properties["KeyPolicy"])):
            yield logical_id, "no statement lets this account's root or deployment role put a key policy"


def role_policies_fit(change: Change) -> Iterator[Found]:
    """The policies inside one role have a common limit, and its trust has one."""
    template = change.template
    for logical_id, role in template.properties("AWS::IAM::Role"):
        documents = [policy["PolicyDocument"] for policy in listed(role.get("Policies"))]
        names = {f"${{{logical_id}}}", role["RoleName"]} if "RoleName" in role else {f"${{{logical_id}}}"}
        for _, policy in template.properties("AWS::IAM::Policy", "AWS::IAM::RolePolicy"):
            if names.intersection([*listed(policy.get("Roles")), policy.get("RoleName")]):
                documents.append(policy["PolicyDocument"])
        size = sum(map(_characters, documents))
        if size > INLINE_CHARACTERS:
            yield logical_id, f"its inline policies have {size:,} characters of {INLINE_CHARACTERS:,}"
        trust = _characters(role.get("AssumeRolePolicyDocument", {}))
        most = change.quotas.get(TRUST_CODE, TRUST_CHARACTERS)
        if trust > most:
            yield logical_id, f"its trust has {trust:,} characters of {most:,}"


def _absent(change: Change, type_: str, property_: str) -> Iterator[Found]:
    for logical_id, properties in change.template.properties(type_):
        for statement in _statements(properties.get(property_, {})):
            for arn in _arns(statement):
                problem = _problem(change, logical_id, arn)
                if problem:
                    yield logical_id, problem


def _problem(change: Change, logical_id: str, arn: str) -> str | None:
    """Why there is no such role; None if there is, or if it is of an account that nobody here knows."""
    head, _, path = arn.partition(":role/")
    account = change.accounts.get(head.rpartition(":")[2])
    if not path or account is None or UNKNOWN.search(path):
        return None
    name = path.rpartition("/")[2]
    if account.roles is None or name in account.roles:
        return None
    if path.startswith(_LINKED) and account.id == change.template.account:
        # AWS gives the name, so which of the template's roles it is, its service tells.
        service = path.removeprefix(_LINKED).partition("/")[0]
        for role_id, role in change.template.properties("AWS::IAM::ServiceLinkedRole"):
            if role.get("AWSServiceName") == service and change.template.is_after(logical_id, role_id):
                return None
    for role_id, role in change.template.properties("AWS::IAM::Role"):
        if role.get("RoleName") == name and account.id == change.template.account:
            if change.template.is_after(logical_id, role_id):
                return None
            return f"it names {arn}, which this template makes as {role_id}, but not before it"
    return f"it names {arn}, which does not exist"


def _statements(document: Properties) -> list[Properties]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _listed(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _arns(statement: Properties) -> Iterator[str]:
    """The IAM principals that a statement names."""
    for part in ("Principal", "NotPrincipal"):
        principal = statement.get(part, {})
        if isinstance(principal, dict) and "AWS" in principal:
            yield from _listed(principal["AWS"])


def _keeps(change: Change, statement: Properties) -> bool:
    """Whether a statement lets somebody of this account's administration change the policy later."""
    if statement.get("Effect") != "Allow" or not any(
        fnmatchcase("kms:putkeypolicy", action.lower()) for action in _listed(statement.get("Action", []))
    ):
        return False
    if statement.get("Principal") == "*":
        return True
    account = change.template.account
    return any(
        arn in ("*", account, f"arn:aws:iam::{account}:root")
        or "cfn-exec-role" in arn
        # What is made elsewhere may be any of these.
        or (named(arn) and named(arn) not in change.template.resources)
        for arn in _arns(statement)
    )


def _characters(document: Any) -> int:
    """As IAM counts: without white space. What only a deployment tells counts as its placeholder."""
    return len(json.dumps(document, separators=(",", ":")))
