"""The policies of an assembly, and their principals and resources as text, however CloudFormation spells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.assembly.synthesis import Synthesis

QUALIFIER = "hnb659fds"
# The property that holds the document, by type.
DOCUMENTS = {
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Logs::LogGroup": "ResourcePolicyDocument",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


@dataclass(frozen=True)
class Statement:
    """One statement, and where it stands."""

    stack: str
    logical_id: str
    type: str
    body: dict[str, Any]

    @property
    def allows(self) -> bool:
        return bool(self.body["Effect"] == "Allow")

    @property
    def actions(self) -> list[str]:
        return listed(self.body.get("Action", []))

    @property
    def resources(self) -> list[str]:
        return texts(self.body.get("Resource", []))


def statements(synthesis: Synthesis) -> Iterator[Statement]:
    """Every statement of every policy: of roles, their trust, keys, buckets, topics and logs."""
    for template, logical_id, resource in synthesis.resources(*DOCUMENTS):
        properties = resource["Properties"]
        inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for document in [properties.get(DOCUMENTS[resource["Type"]], {}), *inline]:
            # A policy of CloudWatch Logs is JSON as text.
            parsed = document if "Statement" in document else json.loads(text(document) if document else "{}")
            for body in parsed.get("Statement", []):
                yield Statement(template.stack, logical_id, resource["Type"], body)


def listed(value: Any) -> list[Any]:
    """A value that may stand for a list of one."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """An ARN in partition aws; a reference becomes its target in angle brackets."""
    match value:
        case str():
            return value
        case {"Fn::Join": ["", parts]}:
            return "".join(text(part) for part in parts)
        case {"Fn::Sub": str(pattern)}:
            return pattern.replace("${AWS::Partition}", "aws")
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]} | {"Fn::ImportValue": name}:
            return f"<{name}>"
    raise ValueError(f"a policy has {value!r}, which is no ARN")


def texts(value: Any) -> list[str]:
    """One ARN or a list of them."""
    return [text(one) for one in listed(value)]


def bootstrap_role(kind: str, account: str) -> str:
    """A role of the CDK's bootstrap, for example of kind `deploy` or `file-publishing`."""
    return f"arn:aws:iam::{account}:role/cdk-{QUALIFIER}-{kind}-role-{account}-us-east-1"


def allowing(document: dict[str, Any], action: str) -> Iterator[dict[str, Any]]:
    """The statements of a policy that allow an action by its name or by a wildcard behind it."""
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow" and any(
            action == allowed or (allowed.endswith("*") and action.startswith(allowed[:-1]))
            for allowed in listed(statement["Action"])
        ):
            yield statement
