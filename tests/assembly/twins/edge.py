"""Ways to leave a door unguarded, unlogged or without a way round."""

from __future__ import annotations

from tests.assembly.invariants import api, edge
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import properties, remove

PLAN = "AWS::ApiGateway::UsagePlan"


@breaks(edge.failover_records_come_in_pairs)
def lose_the_secondary(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", edge.RECORD, "SecondaryAaaa")


@breaks(edge.failover_records_come_in_pairs)
def never_fail_over(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", edge.RECORD, "PrimaryA")["HealthCheckId"]


@breaks(edge.failover_records_come_in_pairs)
def fail_over_to_the_same_distribution(synthesis: Synthesis) -> None:
    primary = properties(synthesis, "portal-prod", edge.RECORD, "PrimaryA")
    properties(synthesis, "portal-prod", edge.RECORD, "SecondaryA")["AliasTarget"] = primary["AliasTarget"]


@breaks(edge.failover_records_come_in_pairs)
def lead_to_the_maintenance_page_first(synthesis: Synthesis) -> None:
    secondary = properties(synthesis, "portal-prod", edge.RECORD, "SecondaryA")
    properties(synthesis, "portal-prod", edge.RECORD, "PrimaryA")["AliasTarget"] = secondary["AliasTarget"]


@breaks(edge.failover_records_come_in_pairs)
def give_the_name_up(synthesis: Synthesis) -> None:
    for role in ("Primary", "Secondary"):
        for type_ in ("A", "Aaaa"):
            remove(synthesis, "portal", edge.RECORD, f"{role}{type_}")


@breaks(edge.health_checks_ask_by_https)
def check_whether_the_port_is_open(synthesis: Synthesis) -> None:
    check = properties(synthesis, "portal-dev", "AWS::Route53::HealthCheck", "PortalHealth")
    check["HealthCheckConfig"]["Type"] = "TCP"


@breaks(edge.every_name_has_both_addresses)
def forget_ipv6(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", edge.RECORD, "ApiAaaa")


@breaks(edge.every_door_has_a_firewall)
def unguard_the_distribution(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", edge.DISTRIBUTION)["DistributionConfig"]["WebACLId"]


@breaks(edge.every_door_has_a_firewall)
def unguard_the_maintenance_page(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::WAFv2::WebACLAssociation", "Maintenance")


@breaks(edge.every_door_has_a_firewall)
def guard_the_api_by_the_firewall_of_another(synthesis: Synthesis) -> None:
    association = properties(synthesis, "portal-prod", "AWS::WAFv2::WebACLAssociation", "Api")
    association["WebACLArn"] = "arn:aws:wafv2:us-east-1:333333333333:regional/webacl/other/1"


@breaks(edge.firewalls_block)
def count_instead_of_blocking(synthesis: Synthesis) -> None:
    rules = properties(synthesis, "portal-prod", edge.ACL)["Rules"]
    next(rule for rule in rules if rule["Name"] == "common")["OverrideAction"] = {"Count": {}}


@breaks(edge.firewalls_block)
def admit_any_rate(synthesis: Synthesis) -> None:
    rules = properties(synthesis, "portal-prod", edge.ACL)["Rules"]
    rules.remove(next(rule for rule in rules if rule["Name"] == "address"))


@breaks(edge.firewalls_block)
def forget_sql_injection(synthesis: Synthesis) -> None:
    rules = properties(synthesis, "portal-prod", edge.ACL)["Rules"]
    rules.remove(next(rule for rule in rules if rule["Name"] == "sql-injection"))


RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


@breaks(edge.keys_protect_the_partners_paths)
def let_browsers_list_sessions(synthesis: Synthesis) -> None:
    rule = properties(synthesis, "portal-prod", RULE, "PartnersByApi")
    rule["Conditions"] = [each for each in rule["Conditions"] if each["Field"] != "host-header"]


@breaks(edge.keys_protect_the_partners_paths)
def lead_every_api_path_to_the_backend_first(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", RULE, "LoadBalancerApi")["Priority"] = 0


@breaks(edge.keys_protect_the_partners_paths)
def forward_a_wider_pattern_first(synthesis: Synthesis) -> None:
    rule = properties(synthesis, "portal-prod", RULE, "LoadBalancerApi")
    rule["Priority"] = 0
    rule["Conditions"][0]["PathPatternConfig"]["Values"] = ["/api/c*"]


@breaks(edge.keys_protect_the_partners_paths)
def close_nothing(synthesis: Synthesis) -> None:
    for _ in range(2):
        remove(synthesis, "portal", RULE, "LoadBalancerPartners")


@breaks(edge.keys_protect_the_partners_paths)
def leave_readiness_open(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", RULE, "LoadBalancerReadiness")


@breaks(edge.firewalls_are_logged)
def log_to_a_group_that_waf_refuses(synthesis: Synthesis) -> None:
    group = properties(synthesis, "portal-dev", "AWS::Logs::LogGroup", "CdnFirewall")
    group["LogGroupName"] = "/waf/cdn-dev"


@breaks(edge.firewalls_are_logged)
def log_the_cookies(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::WAFv2::LoggingConfiguration")["RedactedFields"] = []


@breaks(edge.firewalls_are_logged)
def log_one_firewall_only(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::WAFv2::LoggingConfiguration")


@breaks(edge.firewalls_are_logged)
def log_to_a_bucket(synthesis: Synthesis) -> None:
    logging = properties(synthesis, "portal-dev", "AWS::WAFv2::LoggingConfiguration")
    logging["LogDestinationConfigs"] = ["arn:aws:s3:::aws-waf-logs-dev"]


@breaks(edge.every_door_is_logged)
def lose_the_access_log_of_the_distribution(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::Logs::DeliverySource")


@breaks(edge.every_door_is_logged)
def lose_the_access_log_of_the_api(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", edge.STAGE)["AccessLogSetting"]


@breaks(edge.every_door_is_logged)
def lose_the_access_log_of_the_balancer(synthesis: Synthesis) -> None:
    balancer = properties(synthesis, "portal-prod", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["LoadBalancerAttributes"] = []


@breaks(api.methods_require_a_key)
def admit_callers_without_a_key(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-prod", api.METHOD, "proxyANY3")["ApiKeyRequired"] = False


@breaks(api.integrations_target_the_balancer)
def forget_the_integration_target(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", api.METHOD, "healthGET")["Integration"]["IntegrationTarget"]


@breaks(api.integrations_target_the_balancer)
def target_the_listener(synthesis: Synthesis) -> None:
    for template in synthesis.tier("portal"):
        listener = next(id_ for id_, _ in template.resources("AWS::ElasticLoadBalancingV2::Listener"))
        method = properties(synthesis, template.stack, api.METHOD, "healthGET")
        method["Integration"]["IntegrationTarget"] = {"Ref": listener}


@breaks(api.requests_are_validated)
def take_whatever_comes(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-prod", api.METHOD, "healthGET")["RequestValidatorId"]


@breaks(api.deployments_wait_for_their_methods)
def deploy_before_the_methods(synthesis: Synthesis) -> None:
    resources = synthesis.template("portal-dev").body["Resources"]
    deployment = next(one for one in resources.values() if one["Type"] == "AWS::ApiGateway::Deployment")
    deployment["DependsOn"] = []


@breaks(api.keys_are_limited)
def leave_a_key_without_a_plan(synthesis: Synthesis) -> None:
    remove(synthesis, "portal", "AWS::ApiGateway::UsagePlanKey")


@breaks(api.keys_are_limited)
def leave_a_plan_without_a_quota(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", PLAN)["Quota"]


@breaks(api.keys_are_limited)
def leave_a_plan_without_a_stage(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", PLAN)["ApiStages"] = []


@breaks(api.stages_admit_the_sum_of_the_plans)
def throttle_below_the_plans(synthesis: Synthesis) -> None:
    stage = properties(synthesis, "portal-dev", edge.STAGE, "ApiRestApi")
    stage["MethodSettings"][0]["ThrottlingRateLimit"] = 10


@breaks(api.stages_admit_the_sum_of_the_plans)
def throttle_one_path_only(synthesis: Synthesis) -> None:
    stage = properties(synthesis, "portal-dev", edge.STAGE, "ApiRestApi")
    stage["MethodSettings"][0]["ResourcePath"] = "/~1api~1health"
