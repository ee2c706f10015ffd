"""What `portal` relies on: its services, its load balancer, its firewall, its roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.bootstrap import SERVICES_WITH_ROLES
from verification.asking import Asked, Said

# Those that services make at their first use, as far as their names are known.
LATE_ROLES = ("elasticloadbalancing.amazonaws.com", "rds.amazonaws.com", "ops.apigateway.amazonaws.com")
SERVICES = ("frontend", "backend")


def gateway_logs(asked: Asked) -> Iterator[Said]:
    """API Gateway has taken the role of the account baseline."""
    arn = asked.client("apigateway").get_account().get("cloudwatchRoleArn")
    yield bool(arn), f"API Gateway logs as {arn or 'nobody'}"


def service_linked_roles(asked: Asked) -> Iterator[Said]:
    """Services made their own roles at their first use."""
    asked.needs("foundation", "data", "portal")
    for service in (*SERVICES_WITH_ROLES, *LATE_ROLES):
        found = asked.client("iam").list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
        yield bool(found), f"{service} has {'a' if found else 'no'} service-linked role"


def bucket_of_the_account(asked: Asked) -> Iterator[Said]:
    """The static bucket is in the namespace of the account."""
    names = asked.resources("portal", "AWS::S3::Bucket")
    end = f"-{asked.account}-{asked.environment.region}-an"
    static = [name for name in names if name.startswith(asked.name("static"))]
    yield bool(static) and all(name.endswith(end) for name in static), f"the bucket is {', '.join(static)}"


def services_are_stable(asked: Asked) -> Iterator[Said]:
    """All tasks of both services run, and their deployments are over."""
    for service in _services(asked):
        rollouts = {deployment.get("rolloutState") for deployment in service["deployments"]}
        stable = service["runningCount"] == service["desiredCount"] > 0 and rollouts == {"COMPLETED"}
        yield (
            stable,
            f"{service['serviceName']} runs {service['runningCount']} of {service['desiredCount']} tasks",
        )


def services_start_at_the_minimum(asked: Asked) -> Iterator[Said]:
    """Scaling has raised each service to its least count."""
    least = {asked.name(name): getattr(asked.environment, name).tasks for name in SERVICES}
    for service in _services(asked):
        name = service["serviceName"]
        yield (
            service["desiredCount"] >= least[name],
            f"{name} wants {service['desiredCount']} tasks, its minimum is {least[name]}",
        )


def tests_role(asked: Asked) -> Iterator[Said]:
    """The role of the pipeline's tests was made, though the role that it trusts may not have been there."""
    asked.needs("portal")
    role = asked.client("iam").get_role(RoleName=asked.name("pipeline-tests"))["Role"]
    yield True, f"{role['RoleName']} exists"


def targets_are_healthy(asked: Asked) -> Iterator[Said]:
    """The load balancer takes each task's own certificate."""
    for arn in asked.resources("portal", "AWS::ElasticLoadBalancingV2::TargetGroup"):
        health = asked.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        states = [target["TargetHealth"]["State"] for target in health]
        healthy = bool(states) and set(states) == {"healthy"}
        yield healthy, f"{arn.split('/')[1]}: {', '.join(states) or 'no target'}"


def health_checks_pass(asked: Asked) -> Iterator[Said]:
    """Route 53's checkers come through the firewall."""
    for id_ in asked.resources("portal", "AWS::Route53::HealthCheck"):
        seen = asked.client("route53").get_health_check_status(HealthCheckId=id_)["HealthCheckObservations"]
        good = [each["StatusReport"]["Status"].startswith("Success") for each in seen]
        yield bool(good) and all(good), f"{sum(good)} of {len(good)} checkers have success with {id_}"


def firewall_capacity(asked: Asked) -> Iterator[Said]:
    """The web ACL of the API takes as much as was added up."""
    asked.needs("portal")
    acls = asked.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    (acl,) = (each for each in acls if each["Name"] == asked.name("api-acl"))
    found = asked.client("wafv2").get_web_acl(Name=acl["Name"], Scope="REGIONAL", Id=acl["Id"])["WebACL"]
    yield 0 < found["Capacity"] <= 1500, f"{acl['Name']} takes {found['Capacity']} of 1,500 capacity units"


def log_policies(asked: Asked) -> Iterator[Said]:
    """Nobody has added a policy for the portal's groups to the account's ten."""
    asked.needs("portal")
    listed = asked.pages("logs", "describe_resource_policies", "resourcePolicies")
    names = sorted(policy["policyName"] for policy in listed)
    added = [name for name in names if name.startswith(("AWSWAF-LOGS", "AWSLogDeliveryWrite"))]
    yield not added, f"the account's policies: {', '.join(names) or 'none'}"


def _services(asked: Asked) -> list[dict[str, Any]]:
    asked.needs("portal")
    names = [asked.name(name) for name in SERVICES]
    described = asked.client("ecs").describe_services(cluster=asked.name("ecs"), services=names)
    found: list[dict[str, Any]] = described["services"]
    return found
