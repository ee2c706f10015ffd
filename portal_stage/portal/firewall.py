"""A web ACL: what never reaches the portal, and the log of what it did."""

from __future__ import annotations

from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from portal_stage.logs import log_group
from portal_stage.names import Names
from portal_stage.operations.metrics import WebAcl
from portal_stage.portal.config import FirewallConfig

_ACL = wafv2.CfnWebACL
# In the order of evaluation: the cheap verdicts about the caller first.
_MANAGED = {
    "reputation": "AWSManagedRulesAmazonIpReputationList",
    "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
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
        rules = [self._rate(0, config.requests_per_address)]
        rules += [
            self._managed(position, name, group) for position, (name, group) in enumerate(_MANAGED.items(), 1)
        ]
        self._acl = _ACL(
            self,
            "Acl",
            name=name,
            scope="CLOUDFRONT" if kind == "cdn" else "REGIONAL",
            default_action=_ACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as(name),
            rules=rules,
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

    @staticmethod
    def _rate(position: int, limit: int) -> wafv2.CfnWebACL.RuleProperty:
        return _ACL.RuleProperty(
            name="rate",
            priority=position,
            action=_ACL.RuleActionProperty(block={}),
            statement=_ACL.StatementProperty(
                rate_based_statement=_ACL.RateBasedStatementProperty(
                    aggregate_key_type="IP", limit=limit, evaluation_window_sec=300
                )
            ),
            visibility_config=_seen_as("rate"),
        )

    @staticmethod
    def _managed(position: int, name: str, group: str) -> wafv2.CfnWebACL.RuleProperty:
        return _ACL.RuleProperty(
            name=name,
            priority=position,
            override_action=_ACL.OverrideActionProperty(none={}),
            statement=_ACL.StatementProperty(
                managed_rule_group_statement=_ACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS", name=group
                )
            ),
            visibility_config=_seen_as(name),
        )


def _seen_as(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return _ACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
