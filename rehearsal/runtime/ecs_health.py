"""The health check of a load balancer, asked of a service's tasks; the emulator calls every target healthy."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from rehearsal.cloud.here import client

_ANSWER_SECONDS = 5


class _AsAnswered(urllib.request.HTTPRedirectHandler):
    """A health check takes a redirect for the answer."""

    def redirect_request(self, *_: Any) -> None:
        """Goes nowhere."""


# A proxy of the user's must not carry a health check to a loopback address.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _AsAnswered)


def unhealthy(cluster: str, service: dict[str, Any]) -> Iterator[str]:
    """What the load balancers' health checks have against tasks that run, one phrase for a task.

    `service` is as ECS describes it.
    """
    for balanced in service.get("loadBalancers", []):
        groups = client("elbv2").describe_target_groups(TargetGroupArns=[balanced["targetGroupArn"]])
        group = groups["TargetGroups"][0]
        port = group.get("HealthCheckPort", "traffic-port")
        port = balanced["containerPort"] if port == "traffic-port" else port
        for address in _addresses(cluster, service):
            url = f"http://{address}:{port}{group.get('HealthCheckPath', '/')}"
            answer = _answer(url)
            if not _matches(answer, group.get("Matcher", {}).get("HttpCode", "200")):
                yield f"health check {url} answers {answer}"


def _addresses(cluster: str, service: dict[str, Any]) -> list[str]:
    api = client("ecs")
    arns = api.list_tasks(cluster=cluster, serviceName=service["serviceName"])["taskArns"]
    tasks = api.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return [
        detail["value"]
        for task in tasks
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    ]


def _answer(url: str) -> str:
    """The status code, or why there is none."""
    try:
        with _direct.open(url, timeout=_ANSWER_SECONDS) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return str(error)


def _matches(answer: str, matcher: str) -> bool:
    """Whether a status code is among `200`, `200,302` or `200-299`."""
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if answer.isdigit() and int(low) <= int(answer) <= int(high or low):
            return True
    return False
