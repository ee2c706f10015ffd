"""A web ACL: what never reaches the portal, and the log of what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from portal_stage.logs import log_group
from portal_stage.names import Names
from portal_stage.operations.metrics import WebAcl
from portal_stage.portal.config import FirewallConfig

_ACL = wafv2.CfnWebACL
# In the order of evaluation: the cheap rules about the caller first. Their web ACL capacity units are 25, 200, 200 and
# 700; with the rates (2 for an address, 62 for two keys) 1,189 of the 1,500 that cost nothing more:
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
_MANAGED = {
    "reputation": "AWSManagedRulesAmazonIpReputationList",
    "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "sql-injection": "AWSManagedRulesSQLiRuleSet",
    "common": "AWSManagedRulesCommonRuleSet",
}


class Firewall(Construct):
    """Refuses addresses that ask too often or have a bad name, and requests that look like attacks."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        kind: Literal["cdn", "api"],
        names: Names,
        config: FirewallConfig,
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        name = names(f"{kind}-acl")
        self._counting = config.count
        rules = [*self._rates(kind, config), *(self._managed(*each) for each in _MANAGED.items())]
        self._acl = _ACL(
            self,
            "Acl",
            name=name,
            scope="CLOUDFRONT" if kind == "cdn" else "REGIONAL",
            default_action=_ACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as(name),
            rules=[_ACL.RuleProperty(priority=place, **rule) for place, rule in enumerate(rules)],
        )
        self.metrics = WebAcl(metric_name=name, region=None if kind == "cdn" else cdk.Stack.of(self).region)
        # WAF takes only log groups whose name begins so.
        self.logs = log_group(self, "Logs", name=names(f"aws-waf-logs-{kind}"), key=key, days=log_days)
        self.logging = wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self._acl.attr_arn,
            # Without the ":*" that the group's own ARN ends with, which WAF refuses.
            log_destination_configs=[
                cdk.Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=self.logs.log_group_name,
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in ("authorization", "cookie", "x-api-key")
            ],
        )

    @property
    def arn(self) -> str:
        """For CloudFront, which names its web ACL itself."""
        return self._acl.attr_arn

    def protect(self, id_: str, resource_arn: str) -> None:
        """Stand before a regional resource, such as an API's stage."""
        wafv2.CfnWebACLAssociation(
            self, f"{id_}Association", resource_arn=resource_arn, web_acl_arn=self._acl.attr_arn
        )

    def _rates(self, kind: Literal["cdn", "api"], config: FirewallConfig) -> Iterator[dict[str, Any]]:
        if kind == "cdn":
            yield self._rate("address", config.cdn_requests_per_address, aggregate_key_type="IP")
            return
        yield self._rate("address", config.api_requests_per_address, aggregate_key_type="IP")
        # A request without a key is not counted by this rule; API Gateway refuses it.
        keys = [
            _ACL.RateBasedStatementCustomKeyProperty(ip={}),
            _ACL.RateBasedStatementCustomKeyProperty(
                header=_ACL.RateLimitHeaderProperty(
                    name="x-api-key",
                    text_transformations=[_ACL.TextTransformationProperty(priority=0, type="NONE")],
                )
            ),
        ]
        limit = config.api_requests_per_key
        yield self._rate("key-and-address", limit, aggregate_key_type="CUSTOM_KEYS", custom_keys=keys)

    def _rate(self, name: str, limit: int, **aggregate: Any) -> dict[str, Any]:
        counted = name in self._counting
        return {
            "name": name,
            "action": _ACL.RuleActionProperty(count={}) if counted else _ACL.RuleActionProperty(block={}),
            "statement": _ACL.StatementProperty(
                rate_based_statement=_ACL.RateBasedStatementProperty(
                    limit=limit, evaluation_window_sec=300, **aggregate
                )
            ),
            "visibility_config": _seen_as(name),
        }

    def _managed(self, name: str, group: str) -> dict[str, Any]:
        counted = name in self._counting
        single = [rule.partition("/")[2] for rule in self._counting if rule.startswith(f"{name}/")]
        overrides = [
            _ACL.RuleActionOverrideProperty(name=rule, action_to_use=_ACL.RuleActionProperty(count={}))
            for rule in single
        ]
        override = _ACL.OverrideActionProperty(count={}) if counted else _ACL.OverrideActionProperty(none={})
        return {
            "name": name,
            "override_action": override,
            "statement": _ACL.StatementProperty(
                managed_rule_group_statement=_ACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS", name=group, rule_action_overrides=overrides or None
                )
            ),
            "visibility_config": _seen_as(name),
        }


def _seen_as(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return _ACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
