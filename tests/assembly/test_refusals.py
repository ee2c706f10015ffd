"""AWS would refuse nothing of the assembly, in accounts that `make bootstrap` has prepared."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pipeline.bootstrap import SERVICES_WITH_ROLES
from rehearsal.refusals import Account
from rehearsal.refusals.deployment import deploy
from tests.assembly.synthesis import Synthesis

# What `cdk bootstrap` leaves in every account.
ROLES = ("deploy", "cfn-exec", "lookup", "file-publishing", "image-publishing")


def refusals(synthesis: Synthesis, *, baseline: bool = True) -> Iterator[str]:
    """The stacks as they are delivered one after the other, each into what the former ones left."""
    accounts = {template.account: _prepared(template.account, baseline) for template in synthesis.templates}
    for change in deploy(synthesis.templates, accounts):
        yield from change.refusals


def _prepared(id_: str, baseline: bool) -> Account:
    roles = {f"cdk-hnb659fds-{role}-role-{id_}-us-east-1" for role in ROLES}
    return Account(
        id=id_,
        region="us-east-1",
        roles=frozenset(roles),
        service_linked=frozenset(SERVICES_WITH_ROLES if baseline else ()),
        gateway_logs=baseline,
    )


def test_nothing_would_be_refused(synthesis: Synthesis) -> None:
    assert list(refusals(synthesis)) == []


def test_nothing_would_be_refused_with_one_account_for_all(in_one_account: Synthesis) -> None:
    assert list(refusals(in_one_account)) == []


def test_nothing_would_be_refused_a_second_time(synthesis: Synthesis) -> None:
    assert list(refusals(dataclasses.replace(synthesis, templates=synthesis.templates * 2))) == []


def test_an_account_without_the_baseline_takes_no_portal(synthesis: Synthesis) -> None:
    sentences = list(refusals(synthesis, baseline=False))
    assert {sentence.partition(",")[0] for sentence in sentences} == {
        "portal-dev",
        "portal-staging",
        "portal-prod",
    }
    assert {sentence.partition("AWS: ")[2].partition(".")[0] for sentence in sentences} == {
        '"CloudWatch Logs role ARN must be set in account settings to enable logging" (https://github',
        '"Unable to assume the service linked role',
    }


def test_an_origin_group_on_the_default_behaviour_is_refused(broken: Synthesis) -> None:
    for _, properties in broken.template("portal-dev").properties("AWS::CloudFront::Distribution"):
        config = properties["DistributionConfig"]
        origin = config["DefaultCacheBehavior"]["TargetOriginId"]
        config["OriginGroups"] = {"Quantity": 1, "Items": [{"Id": origin}]}
    (sentence,) = {sentence.partition(": ")[2] for sentence in refusals(broken)}
    assert "lets DELETE, PATCH, POST, PUT through to the origin group" in sentence


def test_a_deploy_role_of_an_account_that_nobody_bootstrapped_is_refused(broken: Synthesis) -> None:
    for _, key in broken.template("pipeline-tools").properties("AWS::KMS::Key"):
        for statement in key["KeyPolicy"]["Statement"]:
            if isinstance(statement["Principal"].get("AWS"), list):
                statement["Principal"]["AWS"].append("arn:aws:iam::111111111111:role/not-there")
    assert [sentence.partition(": ")[2].partition(".")[0] for sentence in refusals(broken)] == [
        "it names arn:aws:iam::111111111111:role/not-there, which does not exist"
    ]
