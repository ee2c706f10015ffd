"""What stands before the portal: failover, firewalls, access logs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pipeline.environments import ENVIRONMENTS
from tests.assembly.policies import text
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis, Template

# Whatever CloudFront sends: the name of its origin.
OTHER_HOST = "origin.bank.example"

DISTRIBUTION, STAGE, ACL = "AWS::CloudFront::Distribution", "AWS::ApiGateway::Stage", "AWS::WAFv2::WebACL"
RECORD = "AWS::Route53::RecordSet"
# https://docs.aws.amazon.com/general/latest/gr/cf_region.html: the one zone of all distributions.
CLOUDFRONTS_ZONE = "Z2FDTNDATAQYW2"
MANAGED_RULES = {
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
}
# WAF refuses a log group with another beginning.
WAF_LOGS = "aws-waf-logs-"


@invariant
def failover_records_come_in_pairs(synthesis: Synthesis) -> Iterator[str]:
    """A primary with a health check and a secondary elsewhere, for IPv4 and for IPv6."""
    for template in synthesis.tier("portal"):
        pairs: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        for _, record in template.properties(RECORD):
            if "Failover" in record:
                pairs[record["Name"], record["Type"]][record["Failover"]] = record
        if sorted(type_ for _, type_ in pairs) != ["A", "AAAA"]:
            yield told(template.stack, "failover", found=sorted(pairs), wanted="A and AAAA of one name")
        for (name, type_), pair in pairs.items():
            where = f"{type_}-{name}"
            if sorted(pair) != ["PRIMARY", "SECONDARY"]:
                yield told(template.stack, where, found=sorted(pair), wanted="PRIMARY and SECONDARY")
                continue
            if "HealthCheckId" not in pair["PRIMARY"]:
                yield told(template.stack, where, found="a primary that never fails", wanted="a health check")
            zones = [text(pair[role]["AliasTarget"]["HostedZoneId"]) for role in ("PRIMARY", "SECONDARY")]
            if zones[0] != CLOUDFRONTS_ZONE or zones[1] == CLOUDFRONTS_ZONE:
                wanted = "CloudFront, and a secondary that is none"
                yield told(template.stack, where, found=f"the zones {zones}", wanted=wanted)


@invariant
def health_checks_ask_by_https(synthesis: Synthesis) -> Iterator[str]:
    """A path of the application, over TLS with its server name."""
    for template, logical_id, properties in synthesis.properties("AWS::Route53::HealthCheck"):
        config = properties["HealthCheckConfig"]
        found = (config["Type"], config.get("EnableSNI"), config.get("ResourcePath"))
        wanted = {"portal-health": "/healthz", "api-health": "/api/health"}
        (kind,) = (tag["Value"] for tag in properties["HealthCheckTags"] if tag["Key"] == "Name")
        path = wanted.get(kind.removesuffix(f"-{template.suffix}"))
        if found != ("HTTPS", True, path):
            yield told(template.stack, logical_id, found=found, wanted=f"HTTPS with SNI to {path}")


@invariant
def every_name_has_both_addresses(synthesis: Synthesis) -> Iterator[str]:
    """Whatever has an A record has an AAAA record."""
    for template in synthesis.tier("portal"):
        types: dict[str, set[str]] = defaultdict(set)
        for _, record in template.properties(RECORD):
            types[record["Name"]].add(record["Type"])
        for name, found in types.items():
            if found != {"A", "AAAA"}:
                yield told(template.stack, name, found=sorted(found), wanted="A and AAAA")


@invariant
def every_door_has_a_firewall(synthesis: Synthesis) -> Iterator[str]:
    """The distribution and every API stage, the maintenance page's too."""
    for template in synthesis.tier("portal"):
        acls = template.places(ACL)
        guarded = {
            place
            for _, association in template.properties("AWS::WAFv2::WebACLAssociation")
            if acls.intersection(synthesis.pointed_at(template, association["WebACLArn"]))
            for place in synthesis.pointed_at(template, association["ResourceArn"])
        }
        for logical_id, distribution in template.properties(DISTRIBUTION):
            acl = distribution["DistributionConfig"].get("WebACLId")
            if acls.intersection(synthesis.pointed_at(template, acl)):
                guarded.add((template.stack, logical_id))
        for stack, logical_id in sorted(template.places(DISTRIBUTION, STAGE) - guarded):
            yield told(stack, logical_id, found="no web ACL", wanted="one of the template")


@invariant
def firewalls_block(synthesis: Synthesis) -> Iterator[str]:
    """The managed groups and the rates block, but for those that the environment's configuration lets count."""
    let_count = {environment.suffix: environment.firewall.count for environment in ENVIRONMENTS}
    for template, logical_id, acl in synthesis.properties(ACL):
        statements = {rule["Name"]: rule["Statement"] for rule in acl["Rules"]}
        managed = {one.get("ManagedRuleGroupStatement", {}).get("Name") for one in statements.values()}
        rates = {name for name, one in statements.items() if "RateBasedStatement" in one}
        wanted = {"address"} if acl["Scope"] == "CLOUDFRONT" else {"address", "key-and-address"}
        if missing := sorted((MANAGED_RULES - managed) | (wanted - rates)):
            yield told(template.stack, logical_id, found=f"no {missing}", wanted="each of them")
        for rule in acl["Rules"]:
            blocks = rule.get("OverrideAction") == {"None": {}} or "Block" in rule.get("Action", {})
            if not blocks and rule["Name"] not in let_count.get(template.suffix, ()):
                found = f"the rule {rule['Name']}, which only counts"
                yield told(template.stack, logical_id, found=found, wanted="one that blocks")


@invariant
def firewalls_are_logged(synthesis: Synthesis) -> Iterator[str]:
    """To a group whose name WAF accepts, without cookies and keys."""
    logged = set()
    for template, logical_id, logging in synthesis.properties("AWS::WAFv2::LoggingConfiguration"):
        groups = [
            synthesis.template(stack).body["Resources"][id_]["Properties"]["LogGroupName"]
            for stack, id_ in synthesis.pointed_at(template, logging["LogDestinationConfigs"])
        ]
        if not groups or not all(str(group).startswith(WAF_LOGS) for group in groups):
            yield told(template.stack, logical_id, found=f"log groups {groups}", wanted=f"{WAF_LOGS}*")
        redacted = {one.get("SingleHeader", {}).get("Name") for one in logging.get("RedactedFields", [])}
        if not {"authorization", "cookie", "x-api-key"} <= redacted:
            yield told(template.stack, logical_id, found=f"redacted {redacted}", wanted="cookies and keys")
        logged |= set(synthesis.pointed_at(template, logging["ResourceArn"]))
    for template, logical_id, _ in synthesis.properties(ACL):
        if (template.stack, logical_id) not in logged:
            yield told(template.stack, logical_id, found="no logging", wanted="a LoggingConfiguration")


@invariant
def every_door_is_logged(synthesis: Synthesis) -> Iterator[str]:
    """Access logs of the distribution, of every API stage and of the balancer."""
    for template in synthesis.tier("portal"):
        delivered = {
            place
            for _, source in template.properties("AWS::Logs::DeliverySource")
            for place in synthesis.pointed_at(template, source["ResourceArn"])
        }
        for stack, logical_id in sorted(template.places(DISTRIBUTION) - delivered):
            yield told(stack, logical_id, found="no access log", wanted="a DeliverySource")
        groups = template.places("AWS::Logs::LogGroup")
        for logical_id, stage in template.properties(STAGE):
            target = stage.get("AccessLogSetting", {}).get("DestinationArn")
            if not groups.intersection(synthesis.pointed_at(template, target)):
                yield told(
                    template.stack, logical_id, found="no access log", wanted="a group of the template"
                )
        for logical_id, balancer in template.properties("AWS::ElasticLoadBalancingV2::LoadBalancer"):
            attributes = {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}
            if attributes.get("access_logs.s3.enabled") != "true":
                yield told(template.stack, logical_id, found="no access log", wanted="access_logs.s3.enabled")


@invariant
def keys_protect_the_partners_paths(synthesis: Synthesis) -> Iterator[str]:
    """The paths that take a key, and readiness, reach the backend by one Host each; by any other they answer 404."""
    for template in synthesis.tier("portal"):
        hosts = {method["Integration"]["Uri"].split("/")[2] for method in _linked_methods(template)}
        ((balancer, _),) = template.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
        inside = {"Fn::GetAtt": [balancer, "DNSName"]}
        rules = sorted(
            (rule for _, rule in template.properties("AWS::ElasticLoadBalancingV2::ListenerRule")),
            key=lambda rule: int(rule["Priority"]),
        )
        for path in ("/api/customers/c-1/sessions", "/api/devices/d-1/sessions", "/api/ready"):
            reaching = [inside] if path == "/api/ready" else list(hosts)
            for host in (*hosts, inside, OTHER_HOST):
                wanted = "forward" if host in reaching else "404"
                if (found := _answer(rules, path, host)) != wanted:
                    yield told(template.stack, path, found=f"{found} by {host}", wanted=wanted)


def _linked_methods(template: Template) -> list[dict[str, Any]]:
    """The methods whose integration goes to the load balancer."""
    methods = [method for _, method in template.properties("AWS::ApiGateway::Method")]
    return [method for method in methods if method["Integration"].get("ConnectionType") == "VPC_LINK"]


def _answer(rules: list[dict[str, Any]], path: str, host: Any) -> str:
    """What the first rule does that takes such a request: the listener asks them by priority."""
    for rule in rules:
        if _takes(rule, "path-pattern", path) and _takes(rule, "host-header", host):
            action = rule["Actions"][0]
            return str(action.get("FixedResponseConfig", {}).get("StatusCode", action["Type"]))
    return "forward"


def _takes(rule: dict[str, Any], field: str, value: Any) -> bool:
    """Whether a rule's condition on this field holds, or it has none; a reference equals only itself."""
    for condition in rule["Conditions"]:
        config = condition.get("PathPatternConfig", condition.get("HostHeaderConfig", {}))
        if condition["Field"] == field and not any(
            fnmatchcase(value, pattern)
            if isinstance(value, str) and isinstance(pattern, str)
            else value == pattern
            for pattern in config["Values"]
        ):
            return False
    return True
