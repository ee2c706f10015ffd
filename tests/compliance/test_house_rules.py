"""Every house rule finds what breaks it: one app, a stack for each breakage, one synthesis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
import pytest

from compliance import house_rules
from compliance.findings import read
from tests.compliance.breakages import BROKEN, TLS_ONLY, Broken

POLICIES = {
    "refuses-plain-http": [TLS_ONLY],
    "refuses-nothing": [{**TLS_ONLY, "Effect": "Allow"}],
    "refuses-tls": [{**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """Stack -> the house rules that found something in it."""
    folder = tmp_path_factory.mktemp("broken")
    app = cdk.App(
        outdir=str(folder),
        analytics_reporting=False,
        context={
            "@aws-cdk/core:failSynthOnValidationErrors": False,
            "@aws-cdk/core:validateAgainstDefaultRules": True,
        },
    )
    cdk.Validations.of(app).add_plugins(house_rules.plugin())
    for number, broken in enumerate(BROKEN):
        stack = cdk.Stack(app, f"broken-{number}")
        resource = cdk.CfnResource(stack, "Broken", type=broken.type, properties=broken.properties)
        for name, value in broken.attributes.items():
            resource.add_override(name, value)
        if broken.type == "AWS::S3::Bucket":
            _policy(stack, [TLS_ONLY])
    for name, statements in POLICIES.items():
        _policy(_with_a_bucket(app, name), statements)
    _with_a_bucket(app, "without-a-policy")
    app.synth()
    rules = defaultdict(set)
    for finding in read(folder).findings:
        if "::HOUSE_" in finding.rule:
            rules[finding.path.partition("/")[0]].add(finding.rule.partition("HOUSE_")[2])
    return rules


def _with_a_bucket(app: cdk.App, name: str) -> cdk.Stack:
    stack = cdk.Stack(app, name)
    (bucket,) = [b for b in BROKEN if b.type == "AWS::S3::Bucket" and b.rule == "NAMES_END_WITH_SUFFIX"]
    properties = {**bucket.properties, "BucketNamePrefix": "static-dev"}
    cdk.CfnResource(stack, "Bucket", type=bucket.type, properties=properties)
    return stack


def _policy(stack: cdk.Stack, statements: list[dict[str, object]]) -> None:
    properties = {"Bucket": "static-dev", "PolicyDocument": {"Statement": statements}}
    cdk.CfnResource(stack, "Policy", type="AWS::S3::BucketPolicy", properties=properties)


@pytest.mark.parametrize(
    ("number", "broken"), list(enumerate(BROKEN)), ids=[f"{b.rule}-{n}" for n, b in enumerate(BROKEN)]
)
def test_rule_finds_what_breaks_it_and_it_alone(
    number: int, broken: Broken, found: Mapping[str, set[str]]
) -> None:
    assert found[f"broken-{number}"] == {broken.rule}


@pytest.mark.parametrize("stack", [*POLICIES, "without-a-policy"])
def test_bucket_policy_has_to_refuse_plain_http(stack: str, found: Mapping[str, set[str]]) -> None:
    expected = set() if stack == "refuses-plain-http" else {"BUCKETS_REFUSE_PLAIN_HTTP"}
    assert found[stack] == expected


def test_every_rule_is_tried() -> None:
    rules = {rule for file in house_rules.files() for rule in re.findall(r"rule HOUSE_(\w+)", _text(file))}
    assert rules == {broken.rule for broken in BROKEN} | {"BUCKETS_REFUSE_PLAIN_HTTP"}


def test_every_file_says_in_its_first_line_what_it_holds() -> None:
    for file in house_rules.files():
        assert re.match(r"# [A-Z].*[.]\n", _text(file)), file.name
        assert len(re.findall(r"^rule ", _text(file), re.MULTILINE)) == 1, file.name


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
