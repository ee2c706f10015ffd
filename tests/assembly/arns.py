"""Principals and resources of policies as text, whatever function of CloudFormation spells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

QUALIFIER = "hnb659fds"


def text(value: Any) -> str:
    """An ARN in partition aws; a reference within the template becomes its logical id in angle brackets."""
    match value:
        case str():
            return value
        case {"Fn::Join": ["", parts]}:
            return "".join(text(part) for part in parts)
        case {"Fn::Sub": str(pattern)}:
            return pattern.replace("${AWS::Partition}", "aws")
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            return f"<{name}>"
    raise ValueError(f"a policy has {value!r}, which is no ARN")


def texts(value: Any) -> list[str]:
    """One ARN or a list of them."""
    return [text(one) for one in value] if isinstance(value, list) else [text(value)]


def bootstrap_role(kind: str, account: str) -> str:
    """A role of the CDK's bootstrap, for example of kind `deploy` or `file-publishing`."""
    return f"arn:aws:iam::{account}:role/cdk-{QUALIFIER}-{kind}-role-{account}-us-east-1"


def allowing(document: dict[str, Any], action: str) -> Iterator[dict[str, Any]]:
    """The statements of a policy that allow an action by its name or by a wildcard behind it."""
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if statement["Effect"] == "Allow" and any(
            action == allowed or (allowed.endswith("*") and action.startswith(allowed[:-1]))
            for allowed in actions
        ):
            yield statement
