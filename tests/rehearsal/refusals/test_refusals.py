"""Each check of the table sees what it is for and nothing near it, and says so in a sentence with AWS's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.refusals import REFUSALS, Account, Change, Refusal, refused
from rehearsal.refusals.checks import names
from rehearsal.refusals.quotas import QUOTAS, Quota
from rehearsal.refusals.schemas import naming_properties

from .twins import HOME, TWINS, addresses, balancer, change, group_with, of, table, targets, updated


def test_every_check_has_its_twins() -> None:
    assert set(TWINS) == {refusal.check for refusal in REFUSALS}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.check.__name__)
def test_what_aws_refuses_is_seen_by_one_check_alone(refusal: Refusal) -> None:
    refused_change, _ = TWINS[refusal.check]
    seen = {row.check.__name__ for row in REFUSALS if list(row.check(refused_change))}
    # The policy of a key that names a stranger alone locks its account out too.
    beside = {"keys_stay_in_reach"} if "key_policies" in refusal.check.__name__ else set()
    assert seen - beside == {refusal.check.__name__}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.check.__name__)
def test_what_aws_takes_is_not_refused(refusal: Refusal) -> None:
    _, accepted = TWINS[refusal.check]
    assert list(refusal.check(accepted)) == []


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.check.__name__)
def test_a_sentence_names_the_stack_the_resource_and_where_aws_says_so(refusal: Refusal) -> None:
    for sentence in refusal.sentences(TWINS[refusal.check][0]):
        assert sentence.startswith("one, ")
        assert f'AWS: "{refusal.says}" (https://' in sentence


def test_a_role_of_the_same_template_is_there_only_if_it_is_waited_for() -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}

    def trusting(principal: object, after: str | None = None) -> Change:
        trust = {"Statement": [{**statement, "Principal": {"AWS": principal}}]}
        return change(
            {
                "First": of("IAM::Role", RoleName="first", AssumeRolePolicyDocument={}),
                "Second": of("IAM::Role", after, AssumeRolePolicyDocument=trust),
            }
        )

    named = f"arn:aws:iam::{HOME}:role/first"
    (sentence,) = refused(trusting(named))
    assert "which this template makes as First, but not before it" in sentence
    assert refused(trusting(named, "First")) == []
    assert refused(trusting({"Fn::GetAtt": ["First", "Arn"]})) == []


def test_nothing_is_said_of_an_account_that_nobody_here_knows() -> None:
    policy = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:role/theirs"}}}
    assert refused(change({"Policy": of("S3::BucketPolicy", PolicyDocument=policy)})) == []


def test_the_role_for_logs_may_be_set_before_by_the_same_template() -> None:
    gateway = of("ApiGateway::Account", CloudWatchRoleArn="arn")

    def logging(after: str | None) -> list[str]:
        stage = of("ApiGateway::Stage", after, MethodSettings=[{"LoggingLevel": "ERROR"}])
        return refused(change({"Account": gateway, "Stage": stage}))

    assert len(logging(None)) == 1
    assert logging("Account") == []


def test_a_condition_that_does_not_hold_leaves_its_resource_out() -> None:
    resources = {
        "Balancer": {**of("ElasticLoadBalancingV2::LoadBalancer", Name="a" * 33), "Condition": "Never"}
    }
    assert len(refused(change(resources))) == 1
    from rehearsal.refusals import read

    body = {"Resources": resources, "Conditions": {"Never": {"Fn::Equals": ["yes", {"Ref": "Wanted"}]}}}
    view = read(body, stack="one", account=HOME, region="us-east-1", parameters={"Wanted": "no"})
    assert refused(Change(template=view, accounts={})) == []


def test_a_raised_quota_is_what_counts() -> None:
    wanted = addresses(3)
    assert len(refused(wanted)) == 1
    raised = Change(template=wanted.template, accounts=wanted.accounts, quotas={"L-0263D0A3": 6})
    assert refused(raised) == []


def test_what_a_stack_holds_already_is_counted_once() -> None:
    again = addresses(2)
    held = Account(
        id=HOME,
        region="us-east-1",
        stacks={**again.accounts[HOME].stacks, "one": again.template},
    )
    assert refused(Change(template=again.template, accounts={HOME: held})) == []


def test_what_stays_as_it_is_was_taken_before() -> None:
    bad = balancer("a" * 33).template
    account = Account(id=HOME, region="us-east-1", stacks={"one": bad})
    assert refused(Change(template=bad, accounts={HOME: account})) == []
    beside = {**bad.resources, "Other": balancer("b" * 33).template.resources["Balancer"]}
    (sentence,) = refused(Change(template=replace(bad, resources=beside), accounts={HOME: account}))
    assert sentence.startswith("one, Other: ")


def test_rules_beside_a_group_count_though_the_group_stays() -> None:
    before, after = group_with(5).template, group_with(6)
    account = Account(id=HOME, region="us-east-1", stacks={"one": before})
    (sentence,) = refused(Change(template=after.template, accounts={HOME: account}))
    assert sentence.startswith("one, Group: 61 IPv4 rules in")


def test_an_index_of_another_shape_is_another_index() -> None:
    before, after = table("a"), table("a")
    after["Table"]["Properties"]["GlobalSecondaryIndexes"][0]["KeySchema"] = [{"AttributeName": "b"}]
    (sentence,) = refused(updated(before, after))
    assert "a comes, a goes" in sentence


def test_a_resource_without_a_name_of_its_own_may_be_replaced() -> None:
    before, after = targets("x", 80), targets("x", 443)
    for resources in (before, after):
        del resources["Targets"]["Properties"]["Name"]
    assert refused(updated(before, after)) == []


NAMED: list[tuple[str, dict[str, Any]]] = [
    ("CloudFront::Function", {"Name": "x"}),
    ("CloudFront::OriginAccessControl", {"OriginAccessControlConfig": {"Name": "x"}}),
    ("CloudFront::ResponseHeadersPolicy", {"ResponseHeadersPolicyConfig": {"Name": "x"}}),
    ("IAM::ManagedPolicy", {"ManagedPolicyName": "x"}),
    ("IAM::Role", {"RoleName": "x"}),
    ("Lambda::Function", {"FunctionName": "x"}),
    ("Logs::LogGroup", {"LogGroupName": "x"}),
    ("SQS::Queue", {"QueueName": "x"}),
    ("SecretsManager::Secret", {"Name": "x"}),
    ("StepFunctions::StateMachine", {"StateMachineName": "x"}),
    ("WAFv2::WebACL", {"Name": "x", "Scope": "REGIONAL"}),
]


@pytest.mark.parametrize(("type_", "properties"), NAMED, ids=[type_ for type_, _ in NAMED])
def test_a_new_logical_id_cannot_take_a_name_that_is_held(type_: str, properties: dict[str, Any]) -> None:
    taking = updated({"Old": of(type_, **properties)}, {"New": of(type_, **properties)})
    found = [(id_, what) for id_, what in names.names_are_free(taking)]
    assert [id_ for id_, _ in found] == ["New"]
    assert "is the name of Old in one" in found[0][1]


def test_firewalls_of_two_scopes_may_have_one_name() -> None:
    acls = {scope: of("WAFv2::WebACL", Name="x", Scope=scope) for scope in ("REGIONAL", "CLOUDFRONT")}
    assert list(names.names_are_free(change(acls))) == []


def test_two_new_resources_cannot_have_one_name() -> None:
    twice = change(
        {"A": of("Lambda::Function", FunctionName="f"), "B": of("Lambda::Function", FunctionName="f")}
    )
    ((logical_id, what),) = names.names_are_free(twice)
    assert logical_id == "B"
    assert "is the name of A in one" in what


@pytest.mark.parametrize("after", [None, "other"])
def test_a_snapshot_of_a_named_cluster_is_neither_removed_nor_changed(after: str | None) -> None:
    def cluster(snapshot: str | None) -> dict[str, Any]:
        given = {"SnapshotIdentifier": snapshot} if snapshot else {}
        return {"Cluster": of("RDS::DBCluster", DBClusterIdentifier="aurora", **given)}

    (sentence,) = refused(updated(cluster("first"), cluster(after)))
    assert "a change of SnapshotIdentifier replaces 'aurora'" in sentence


def test_a_named_key_of_an_api_cannot_have_another_value() -> None:
    def key(name: str, value: str) -> dict[str, Any]:
        return {"Key": of("ApiGateway::ApiKey", Name=name, Value=value)}

    (sentence,) = refused(updated(key("partner", "one"), key("partner", "two")))
    assert "a change of Value replaces 'partner'" in sentence
    assert refused(updated(key("partner", "one"), key("partner-2", "two"))) == []


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("AWS::DynamoDB::GlobalTable", ("TableName",)),
        ("AWS::EC2::SecurityGroup", ("GroupName",)),
        ("AWS::ECS::Service", ("ServiceName",)),
        ("AWS::SNS::Topic", ("TopicName",)),
        ("AWS::Logs::MetricFilter", ("LogGroupName", "FilterName")),
        ("AWS::ApiGateway::RestApi", ()),
        ("AWS::ECS::TaskDefinition", ()),
        ("AWS::KMS::Key", ()),
        ("Custom::Anything", ()),
    ],
)
def test_the_properties_that_name_a_resource_are_found(type_: str, name: tuple[str, ...]) -> None:
    assert naming_properties(type_) == name or set(naming_properties(type_)) == set(name)


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_a_quota_says_where_it_stands(quota: Quota) -> None:
    assert quota.source.startswith("https://docs.aws.amazon.com/")
    assert bool(quota.code) == bool(quota.service)
    assert all(type_.count("::") == 2 for type_ in quota.types)
