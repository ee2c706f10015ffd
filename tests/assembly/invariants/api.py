"""The API: keys, plans, and the private way to the load balancer."""

from __future__ import annotations

from collections.abc import Iterator

from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

METHOD = "AWS::ApiGateway::Method"
PRIVATE = "VPC_LINK"


@invariant
def methods_require_a_key(synthesis: Synthesis) -> Iterator[str]:
    """Each method that reaches the portal, but the health check."""
    for template, logical_id, method in synthesis.properties(METHOD):
        if method["Integration"].get("ConnectionType") != PRIVATE:
            continue
        resource = template.body["Resources"][method["ResourceId"]["Ref"]]["Properties"]
        wanted = resource["PathPart"] != "health"
        if method.get("ApiKeyRequired", False) is not wanted:
            found = f"ApiKeyRequired {method.get('ApiKeyRequired')}"
            yield told(template.stack, logical_id, found=found, wanted=wanted)


@invariant
def integrations_target_the_balancer(synthesis: Synthesis) -> Iterator[str]:
    """A VPC link of version 2 wants the balancer's ARN beside the URI; without it the deployment fails."""
    for template, logical_id, method in synthesis.properties(METHOD):
        integration = method["Integration"]
        if integration.get("ConnectionType") != PRIVATE:
            continue
        for field, type_ in (
            ("IntegrationTarget", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
            ("ConnectionId", "AWS::ApiGatewayV2::VpcLink"),
        ):
            wanted = template.places(type_)
            found = set(synthesis.pointed_at(template, integration.get(field)))
            if not found or found - wanted:
                yield told(
                    template.stack, logical_id, found=f"{field} {sorted(found)}", wanted=sorted(wanted)
                )


@invariant
def requests_are_validated(synthesis: Synthesis) -> Iterator[str]:
    """Before they reach the portal: body and parameters."""
    for template, logical_id, method in synthesis.properties(METHOD):
        if method["Integration"].get("ConnectionType") == PRIVATE and "RequestValidatorId" not in method:
            yield told(template.stack, logical_id, found="no validator", wanted="RequestValidatorId")


@invariant
def deployments_wait_for_their_methods(synthesis: Synthesis) -> Iterator[str]:
    """A deployment is a copy of what is there when it is made."""
    for template, logical_id, resource in synthesis.resources("AWS::ApiGateway::Deployment"):
        api = resource["Properties"]["RestApiId"]
        methods = {id_ for id_, method in template.properties(METHOD) if method["RestApiId"] == api}
        missing = methods - set(resource.get("DependsOn", []))
        if missing:
            yield told(
                template.stack, logical_id, found=f"no DependsOn {sorted(missing)}", wanted="every method"
            )


@invariant
def keys_are_limited(synthesis: Synthesis) -> Iterator[str]:
    """Each key has a plan, and each plan a rate, a burst and a quota for its stage."""
    for template in synthesis.templates:
        planned = {
            place
            for _, member in template.properties("AWS::ApiGateway::UsagePlanKey")
            for place in synthesis.pointed_at(template, member["KeyId"])
        }
        for stack, logical_id in sorted(template.places("AWS::ApiGateway::ApiKey") - planned):
            yield told(stack, logical_id, found="no plan", wanted="one")
        for logical_id, plan in template.properties("AWS::ApiGateway::UsagePlan"):
            throttle, quota = plan.get("Throttle", {}), plan.get("Quota", {})
            limits = (throttle.get("RateLimit"), throttle.get("BurstLimit"), quota.get("Limit"))
            if not all(limits) or not plan.get("ApiStages"):
                yield told(
                    template.stack, logical_id, found=f"limits {limits}", wanted="rate, burst and quota"
                )


@invariant
def stages_admit_the_sum_of_the_plans(synthesis: Synthesis) -> Iterator[str]:
    """A stage is throttled, above what its plans grant together."""
    for template, logical_id, stage in synthesis.properties("AWS::ApiGateway::Stage"):
        plans = [
            plan["Throttle"]
            for _, plan in template.properties("AWS::ApiGateway::UsagePlan")
            if (template.stack, logical_id) in synthesis.pointed_at(template, plan["ApiStages"])
        ]
        if not plans:
            continue
        every = next((one for one in stage["MethodSettings"] if one["ResourcePath"] == "/*"), {})
        for field, share in (("ThrottlingRateLimit", "RateLimit"), ("ThrottlingBurstLimit", "BurstLimit")):
            granted = sum(plan.get(share, 0) for plan in plans)
            if every.get(field, 0) <= granted:
                yield told(
                    template.stack, logical_id, found=f"{field} {every.get(field)}", wanted=f"> {granted}"
                )
