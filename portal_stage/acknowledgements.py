"""Findings of the compliance rules that stand, each acknowledged beside what it excuses."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import IConstruct


@dataclass(frozen=True)
class Acknowledgement:
    """One rule that is excused at the construct of this path and below it."""

    rule: str
    path: str


# CDK keeps them too, but tells only of those that excused something; the gate asks for the others.
_recorded: WeakKeyDictionary[IConstruct, set[Acknowledgement]] = WeakKeyDictionary()


def acknowledge(scope: IConstruct, *rules: str, reason: str) -> None:
    """Let these rules' findings stand on `scope` and below it, for a reason that an auditor accepts.

    `rules` are whole ids, as a synthesis with the gate prints them, for example
    `AwsSolutions::AwsSolutions-IAM5[Resource::*]`. One that excuses nothing fails the gate.
    """
    cdk.Validations.of(scope).acknowledge(*(cdk.Acknowledgment(id=rule, reason=reason) for rule in rules))
    app = _recorded.setdefault(scope.node.root, set())
    app.update(Acknowledgement(rule, scope.node.path) for rule in rules)


def acknowledged(app: IConstruct) -> set[Acknowledgement]:
    """Every acknowledgement below the root of a tree."""
    return _recorded.get(app, set())


def name_in_findings(resource: IConstruct) -> str:
    """The logical id, by which AwsSolutions-IAM5 calls what another resource of its stack names."""
    element = resource.node.default_child
    assert isinstance(element, cdk.CfnElement)  # noqa: S101 - for the type checker
    return cdk.Stack.of(resource).get_logical_id(element)
