"""ECS and load balancers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..values import UNKNOWN, listed, named
from ..views import Change, Found, Template

ECS = "ecs.amazonaws.com"
LONGEST_NAME = 32
_ROUTES = ("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule")
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"


def services_wait_for_their_listener(change: Change) -> Iterator[Found]:
    """A service's target group belongs to a load balancer before the service is made."""
    template = change.template
    for logical_id, service in template.properties("AWS::ECS::Service"):
        for balancer in listed(service.get("LoadBalancers")):
            group = named(str(balancer.get("TargetGroupArn", "")))
            if group not in template.resources or (change.before and _routes(change.before, group)):
                continue
            routes = _routes(template, group)
            if not any(template.is_after(logical_id, route) for route in routes):
                behind = (
                    f"it does not wait for {' or '.join(routes)}" if routes else "no listener routes to it"
                )
                yield logical_id, f"its target group is {group}, and {behind}"


def clusters_find_their_role(change: Change) -> Iterator[Found]:
    """The first cluster with capacity providers needs ECS's service-linked role to be there."""
    if ECS in change.account.service_linked:
        return
    made = [
        role_id
        for role_id, role in change.template.properties("AWS::IAM::ServiceLinkedRole")
        if role.get("AWSServiceName") == ECS
    ]
    wanting = [
        *change.template.properties("AWS::ECS::ClusterCapacityProviderAssociations"),
        *(
            found
            for found in change.template.properties("AWS::ECS::Cluster")
            if "CapacityProviders" in found[1]
        ),
    ]
    for logical_id, _ in wanting:
        if not any(change.template.is_after(logical_id, role) for role in made):
            yield logical_id, f"account {change.account.id} has no service-linked role of {ECS}"


def balancer_names_are_allowed(change: Change) -> Iterator[Found]:
    """Names of load balancers and target groups have 32 characters at most, and fewer kinds than other names."""
    for type_ in (_BALANCER, _TARGETS):
        for logical_id, properties in change.template.properties(type_):
            name = str(properties.get("Name", ""))
            if not name or UNKNOWN.search(name):
                continue
            if len(name) > LONGEST_NAME:
                yield logical_id, f"the name {name!r} has {len(name)} characters of {LONGEST_NAME}"
            elif not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", name):
                yield logical_id, f"the name {name!r} has more than letters, digits and inner hyphens"
            elif type_ == _BALANCER and name.startswith("internal-"):
                yield logical_id, f"the name {name!r} begins with 'internal-'"


def _routes(template: Template, group: str) -> list[str]:
    """The listeners and rules that lead to a target group."""
    return [
        logical_id
        for logical_id, resource in template.resources.items()
        if resource.type in _ROUTES and group in resource.after
    ]
