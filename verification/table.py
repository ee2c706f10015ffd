"""Which check answers which row of `docs/unverified.md`; a row that stands here no more needs a person."""

from __future__ import annotations

from verification import alarms, data, delivery, ending, foundation, outside, portal
from verification.asking import Check
from verification.page import Row

CHECKS = (
    Check(claim="API Gateway accepts a role for its logs", ask=portal.gateway_logs),
    Check(claim="Load balancing, RDS, API Gateway's VPC link", ask=portal.service_linked_roles),
    Check(claim="A bucket name in the account-regional", ask=portal.bucket_of_the_account),
    Check(claim="The build image offers", ask=delivery.stage_succeeded("Build"), where="tools"),
    Check(claim="The image builder builds arm64", ask=delivery.stage_succeeded("Assets"), where="tools"),
    Check(claim="A subnet takes the id of its zone", ask=foundation.zones_by_id),
    Check(claim="`pl-3b927c52` is CloudFront's", ask=foundation.prefix_list),
    Check(claim="A launch template whose device 0", ask=foundation.nat_takes_its_interface),
    Check(
        claim="EC2's metrics of a group of one", ask=alarms.are_ok("nat-{nat}-status", "nat-{nat}-credits")
    ),
    Check(claim="A NAT instance signals CloudFormation", ask=foundation.nat_signals),
    Check(claim="A NAT instance tells of its lost packets", ask=alarms.are_ok("nat-{nat}-drops")),
    Check(claim="Each Aurora instance starts in the zone", ask=data.instances_in_their_zones),
    Check(claim="RDS keeps the master's password", ask=data.master_secret),
    Check(claim="RDS writes its PostgreSQL log", ask=data.database_log),
    Check(claim="So do Container Insights", ask=data.log_groups_expire),
    Check(claim="ECS injects the two secrets", ask=portal.services_are_stable),
    Check(claim="A read-only root file system", ask=portal.services_are_stable),
    Check(claim="A service without a desired count", ask=portal.services_start_at_the_minimum),
    Check(claim="A test role may be trusted", ask=portal.tests_role),
    Check(claim="ELB knows the TLS policy", ask=delivery.tests_passed, where="tools"),
    Check(claim="The network ACLs let CloudFront's", ask=outside.both_answer, where="outside"),
    Check(claim="CloudFront reaches the ALB", ask=outside.portal_answers, where="outside"),
    Check(claim="A REST API reaches an internal ALB", ask=outside.api_answers, where="outside"),
    Check(claim="A custom domain of API Gateway answers", ask=outside.api_answers_by_ipv6, where="outside"),
    Check(claim="The portal's name is at once", ask=outside.maintenance_answers),
    Check(claim="All three doors answer within", ask=delivery.tests_passed_at_once, where="tools"),
    Check(claim="The load balancer takes the certificate", ask=portal.targets_are_healthy),
    Check(claim="The API's web ACL takes", ask=portal.firewall_capacity),
    Check(claim="The firewall lets Route 53's", ask=portal.health_checks_pass),
    Check(claim="The policy that each log group carries", ask=portal.log_policies),
    Check(claim="Every alarm finds its metric", ask=alarms.find_their_metrics),
    Check(claim="`SUM(METRICS())` in an alarm", ask=alarms.are_ok("sessions-throttles-alarm")),
    Check(claim="Auto Scaling ends an old NAT instance", ask=foundation.nat_refreshes),
    Check(claim="The load balancer takes a P-256", ask=portal.targets_are_healthy),
    Check(claim="`FILL` in an alarm", ask=alarms.are_ok("frontend-rollback-alarm")),
    Check(claim="The load balancer writes no more", ask=ending.destroyed_at_once),
    Check(claim="S3 writes no more access logs", ask=ending.destroyed_at_once),
    Check(claim="CloudFront gives a VPC origin back", ask=ending.destroyed_at_once),
    Check(claim="ECS and RDS, whose own roles", ask=ending.log_groups_stay_away),
    Check(claim="What was destroyed can be deployed", ask=ending.can_come_again),
)


def check_of(row: Row) -> Check | None:
    """The check that answers a row; None where only a person can."""
    return next((check for check in CHECKS if row.claim.startswith(check.claim)), None)
