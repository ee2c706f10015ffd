"""The account's quotas, as they are now, against what the templates will make in it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from botocore.exceptions import ClientError

from pipeline.preflight.asking import Asked, Said
from rehearsal.refusals import Template
from rehearsal.refusals.checks.quotas import needed
from rehearsal.refusals.quotas import QUOTAS
from rehearsal.refusals.values import UNKNOWN

FARGATE = "AWS::ECS::TaskDefinition"


def resource_quotas(asked: Asked) -> Iterator[Said]:
    """Everything that Service Quotas counts and the templates make."""
    for quota in QUOTAS:
        made = any(True for template in asked.templates for _ in template.properties(*quota.types))
        if quota.code and made:
            wanted = needed(quota, asked.templates)
            yield from compared(asked, quota.name, quota.service, quota.code, wanted)


def instance_quota(asked: Asked) -> Iterator[Said]:
    """The virtual CPUs of the Auto Scaling groups, which are few in a new account."""
    sizes: dict[str, int] = {}
    for template in asked.templates:
        for _, group in template.properties("AWS::AutoScaling::AutoScalingGroup"):
            named = group["LaunchTemplate"]["LaunchTemplateId"][2:-1]
            data = template.resources[named].properties["LaunchTemplateData"]
            sizes[data["InstanceType"]] = sizes.get(data["InstanceType"], 0) + int(group["MaxSize"])
    if not sizes:
        return
    described = asked.client("ec2").describe_instance_types(InstanceTypes=sorted(sizes))["InstanceTypes"]
    wanted = sum(each["VCpuInfo"]["DefaultVCpus"] * sizes[each["InstanceType"]] for each in described)
    yield from compared(asked, "virtual CPUs of On-Demand instances", "ec2", "L-1216C47A", wanted)


def fargate_quotas(asked: Asked) -> Iterator[Said]:
    """The virtual CPUs of the services at their largest, on either kind of Fargate."""
    wanted = {"FARGATE": 0.0, "FARGATE_SPOT": 0.0}
    for template in asked.templates:
        for logical_id, service in template.properties("AWS::ECS::Service"):
            largest = _most_tasks(template, logical_id) or int(service.get("DesiredCount", 1))
            cpu = int(template.resources[service["TaskDefinition"][2:-1]].properties["Cpu"]) / 1024
            for provider, share in _shares(service.get("CapacityProviderStrategy", []), largest).items():
                wanted[provider] += share * cpu
    for provider, code in (("FARGATE", "L-3032A538"), ("FARGATE_SPOT", "L-36FBB829")):
        if wanted[provider]:
            kind = "Fargate Spot" if provider.endswith("SPOT") else "Fargate"
            name = f"virtual CPUs of {kind} with every service at its largest"
            yield from compared(asked, name, "fargate", code, math.ceil(wanted[provider]))


def compared(asked: Asked, name: str, service: str, code: str, wanted: int) -> Iterator[Said]:
    """What the templates need of something, and AWS's own in a new account, against what the account may have."""
    allowed = _allowed(asked, service, code)
    if allowed is None:
        yield False, f"{name}: Service Quotas does not know {service} {code}; {wanted} are needed"
        return
    sentence = f"{name}: {wanted} are needed and the account may have {allowed:.0f}"
    if wanted > allowed:
        yield False, f"{sentence}: request an increase of {service} {code}"
    else:
        yield True, sentence


def _allowed(asked: Asked, service: str, code: str) -> float | None:
    """The account's own quota; AWS's default where it never had one of its own."""
    client = asked.client("service-quotas")
    for method in (client.get_service_quota, client.get_aws_default_service_quota):
        try:
            return float(method(ServiceCode=service, QuotaCode=code)["Quota"]["Value"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchResourceException":
                raise
    return None


def _most_tasks(template: Template, service: str) -> int | None:
    """What scaling may raise a service to."""
    for _, target in template.properties("AWS::ApplicationAutoScaling::ScalableTarget"):
        if any(
            name[2:-1].partition(".")[0] == service for name in UNKNOWN.findall(str(target["ResourceId"]))
        ):
            return int(target["MaxCapacity"])
    return None


def _shares(strategy: list[dict[str, object]], tasks: int) -> dict[str, float]:
    """How many tasks each provider may run: a base first, and of the rest each might get all that its weight lets."""
    if not strategy:
        return {"FARGATE": tasks}
    bases = {str(each["CapacityProvider"]): int(str(each.get("Base", 0))) for each in strategy}
    weights = {str(each["CapacityProvider"]): int(str(each.get("Weight", 0))) for each in strategy}
    rest, whole = max(tasks - sum(bases.values()), 0), sum(weights.values()) or 1
    return {name: min(bases[name], tasks) + rest * weights[name] / whole for name in bases}
