"""The web ACLs before CloudFront and before the API."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from portal_stage.config import ApiConfig, UsagePlanConfig
from portal_stage.errors import ConfigurationError
from tests.unit.examples import an_environment
from tests.unit.templates import Stage, actions

KINDS = ("cdn", "api")


@pytest.mark.parametrize("kind", KINDS)
def test_addresses_of_bad_name_and_requests_that_look_like_attacks_are_refused(
    stage: Stage, kind: str
) -> None:
    rules = _rules(stage, kind)
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule["OverrideAction"]
        for rule in rules.values()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert groups == {
        f"AWSManagedRules{name}": {"None": {}}
        for name in ("CommonRuleSet", "KnownBadInputsRuleSet", "AmazonIpReputationList", "SQLiRuleSet")
    }


def test_an_address_that_asks_too_often_is_blocked(stage: Stage, large: Stage) -> None:
    for environment, kind, limit in (
        (stage, "cdn", 2_000),
        (stage, "api", 22_500),
        (large, "cdn", 500),
        (large, "api", 30_000),
    ):
        rule = _rules(environment, kind)["address"]
        statement = rule["Statement"]["RateBasedStatement"]
        assert (statement["AggregateKeyType"], statement["Limit"]) == ("IP", limit)
        assert rule["Action"] == {"Block": {}}


def test_the_api_counts_a_key_by_address_because_a_key_can_be_forged(stage: Stage) -> None:
    rule = _rules(stage, "api")["key-and-address"]
    statement = rule["Statement"]["RateBasedStatement"]
    assert statement["Limit"] == 18_000
    assert statement["AggregateKeyType"] == "CUSTOM_KEYS"
    ip, header = statement["CustomKeys"]
    assert ip == {"IP": {}}
    assert header["Header"]["Name"] == "x-api-key"
    assert rule["Action"] == {"Block": {}}
    assert "key-and-address" not in _rules(stage, "cdn")


@pytest.mark.parametrize("kind", KINDS)
def test_rules_that_the_configuration_names_only_count(large: Stage, kind: str) -> None:
    rules = _rules(large, kind)
    assert rules["sql-injection"]["OverrideAction"] == {"Count": {}}
    assert rules["common"]["OverrideAction"] == {"None": {}}
    (override,) = rules["common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert override == {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}
    if kind == "api":
        assert rules["key-and-address"]["Action"] == {"Count": {}}


def test_limits_below_what_a_usage_plan_promises_are_refused() -> None:
    with pytest.raises(ConfigurationError) as error:
        dataclasses.replace(
            an_environment(),
            api=ApiConfig(partner=UsagePlanConfig(rate_limit=100), stage_rate_limit=500),
        )
    assert [problem.partition(":")[2].strip() for problem in error.value.problems] == [
        "firewall.api_requests_per_address 22500: use 45000 or more, 1.5 times what the largest plan's rate_limit 100 "
        "allows, for example 45000",
        "firewall.api_requests_per_key 18000: use 36000 or more, 1.2 times what the largest plan's rate_limit 100 "
        "allows, for example 36000",
    ]


def test_the_distribution_and_every_stage_stand_behind_theirs(stage: Stage) -> None:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["WebACLId"] == {"Fn::GetAtt": [_acl(stage, "cdn"), "Arn"]}
    behind = set()
    for association in stage.portal.properties("AWS::WAFv2::WebACLAssociation"):
        assert association["WebACLArn"] == {"Fn::GetAtt": [_acl(stage, "api"), "Arn"]}
        behind |= {
            part["Ref"] for part in association["ResourceArn"]["Fn::Join"][1] if isinstance(part, dict)
        }
    assert behind >= set(stage.portal.resources("AWS::ApiGateway::Stage"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_does_is_logged_without_credentials(stage: Stage, kind: str) -> None:
    acl = {"Fn::GetAtt": [_acl(stage, kind), "Arn"]}
    logging = stage.portal.one("AWS::WAFv2::LoggingConfiguration", ResourceArn=acl)
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName=f"aws-waf-logs-{kind}-test")
    assert group in json.dumps(logging["LogDestinationConfigs"])
    redacted = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"]}
    assert {"authorization", "cookie", "x-api-key"} <= redacted


def test_the_delivery_service_may_write_into_these_groups_before_anything_is_delivered(stage: Stage) -> None:
    # Before: the policy is the group's own, and whoever delivers names the group.
    for name in ("aws-waf-logs-cdn-test", "aws-waf-logs-api-test", "/aws/vendedlogs/cdn-test"):
        group = stage.portal.one("AWS::Logs::LogGroup", LogGroupName=name)
        (statement,) = group["ResourcePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert actions(statement) == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert statement["Resource"] == f"arn:aws:logs:us-east-1:111111111111:log-group:{name}:*"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}


def _acl(stage: Stage, kind: str) -> str:
    scope = {"cdn": "CLOUDFRONT", "api": "REGIONAL"}[kind]
    return stage.portal.id_of("AWS::WAFv2::WebACL", Name=f"{kind}-acl-test", Scope=scope)


def _rules(stage: Stage, kind: str) -> dict[str, dict[str, Any]]:
    scope = {"cdn": "CLOUDFRONT", "api": "REGIONAL"}[kind]
    return {rule["Name"]: rule for rule in stage.portal.one("AWS::WAFv2::WebACL", Scope=scope)["Rules"]}
