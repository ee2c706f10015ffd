"""What passes the gate and what does not: one app, a stack for each case."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns
from cdk_nag import AwsSolutionsChecks

from compliance.findings import NIST_REPORT, read
from compliance.gate import Gate, judge
from portal_stage.acknowledgements import acknowledge

RULE = "AwsSolutions::AwsSolutions-SNS3"


def a_finding(stack: cdk.Stack) -> sns.Topic:
    """A topic without a policy that demands TLS, and so one finding of AwsSolutions-SNS3."""
    return sns.Topic(stack, "Topic", topic_name="topic-test")


def acknowledged_beside_it(stack: cdk.Stack) -> None:
    acknowledge(a_finding(stack), RULE, reason="a test")


def acknowledged_above_it(stack: cdk.Stack) -> None:
    a_finding(stack)
    acknowledge(stack, RULE, reason="a test")


def acknowledged_at_a_neighbour(stack: cdk.Stack) -> None:
    a_finding(stack)
    acknowledge(cdk.CfnWaitConditionHandle(stack, "Neighbour"), RULE, reason="a test")


def acknowledged_by_half_its_id(stack: cdk.Stack) -> None:
    a_finding(stack)
    acknowledge(stack, "AwsSolutions::AwsSolutions-SNS", reason="a test")


def acknowledged_twice(stack: cdk.Stack) -> None:
    acknowledge(a_finding(stack), RULE, reason="a test")
    acknowledge(stack, RULE, reason="the nearer one suffices")


def acknowledged_for_nothing(stack: cdk.Stack) -> None:
    cdk.CfnWaitConditionHandle(stack, "SomethingElse")
    acknowledge(stack, RULE, reason="there is no topic any more")


def a_warning(stack: cdk.Stack) -> None:
    """AwsSolutions-VPC3 is one; CDK by itself would let it pass."""
    ec2.CfnNetworkAcl(stack, "Acl", vpc_id="vpc-0123456789abcdef0")


CASES: dict[Callable[[cdk.Stack], object], list[str]] = {
    a_finding: ["Topic/Resource: * acknowledge 'AwsSolutions::AwsSolutions-SNS3'"],
    acknowledged_beside_it: [],
    acknowledged_above_it: [],
    acknowledged_at_a_neighbour: ["Topic/Resource: * acknowledge", "Neighbour: * excuses nothing"],
    acknowledged_by_half_its_id: [
        "Topic/Resource: * acknowledge",
        ": 'AwsSolutions::AwsSolutions-SNS' * nothing",
    ],
    acknowledged_twice: [": 'AwsSolutions::AwsSolutions-SNS3' is acknowledged and excuses nothing"],
    acknowledged_for_nothing: [": 'AwsSolutions::AwsSolutions-SNS3' is acknowledged and excuses nothing"],
    a_warning: ["Acl: * acknowledge 'AwsSolutions::AwsSolutions-VPC3'"],
}


def stack_of(case: Callable[[cdk.Stack], object]) -> str:
    return case.__name__.replace("_", "-")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder of the small app's assembly, and the gate's problems but those of the house rules."""
    folder = tmp_path_factory.mktemp("judged")
    context = {"@aws-cdk/core:validateAgainstDefaultRules": True}
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    gate = Gate(app, plugins=[AwsSolutionsChecks()])
    for case in CASES:
        case(cdk.Stack(app, stack_of(case)))
    app.synth()
    gate.report_nist(folder)
    return folder, [problem for problem in gate.problems(folder) if "HOUSE_" not in problem]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_gate_tells(case: Callable[[cdk.Stack], object], judged: tuple[Path, list[str]]) -> None:
    own = [problem for problem in judged[1] if re.split("[/:]", problem)[0] == stack_of(case)]
    assert len(own) == len(CASES[case])
    for problem, expected in zip(own, CASES[case], strict=True):
        for part in expected.split(" * "):
            assert part in problem


def test_acknowledged_finding_keeps_its_reason_in_the_report(judged: tuple[Path, list[str]]) -> None:
    (excused,) = [e for e in read(judged[0]).acknowledged if e.path == "acknowledged-above-it"]
    assert (excused.rule, excused.reason) == (RULE, "a test")
    assert excused.constructs == ("acknowledged-above-it/Topic/Resource",)


def test_what_is_no_stack_of_the_app_passes_the_same_gate(tmp_path: Path) -> None:
    def two_stacks(app: cdk.App) -> None:
        acknowledged_beside_it(cdk.Stack(app, "excused"))
        a_finding(cdk.Stack(app, "alone"))

    problems = judge(tmp_path, two_stacks, plugins=[AwsSolutionsChecks()])
    (problem,) = (told for told in problems if "HOUSE_" not in told)
    assert problem.startswith("alone/Topic/Resource: ")
    assert RULE in problem


def test_nist_is_reported_and_never_fails(judged: tuple[Path, list[str]]) -> None:
    assert "NIST.800.53.R5-SNSEncryptedKMS" in (judged[0] / NIST_REPORT).read_text()
    assert [problem for problem in judged[1] if "NIST" in problem] == []
