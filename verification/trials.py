"""What is tried on purpose: it changes a running environment, so a person confirms its effect and its cost first."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from verification.asking import Asked, Said
from verification.foundation import GROUP, groups
from verification.traffic import Traffic, doors

NAT_SECONDS, FAILOVER_SECONDS, ROLLOUT_SECONDS = 180, 60, 1200


@dataclass(frozen=True, kw_only=True)
class Trying:
    """`change` gives clients that may change things; every other question goes through `asked`."""

    asked: Asked
    change: Callable[[str], Any]
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    every: float = field(default=5.0)

    def until(self, condition: Callable[[], bool], seconds: float) -> float | None:
        """How long it took until the condition held; None if it did not in time."""
        start = self.now()
        while not condition():
            if self.now() - start > seconds:
                return None
            self.sleep(self.every)
        return self.now() - start


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`claim`: how the row of `docs/unverified.md` begins. `dollars`: the most that it costs, for `cost`."""

    name: str
    claim: str
    effect: str
    dollars: float
    cost: str
    run: Callable[[Trying], Iterator[Said]]


def replace_nat(trying: Trying) -> Iterator[Said]:
    """End one NAT instance; its successor takes the interface over, and no route changes."""
    asked = trying.asked
    (name,) = asked.resources("foundation", GROUP)[:1]
    before, routes = _instances(asked, name), _routes(asked)
    trying.change("ec2").terminate_instances(InstanceIds=sorted(before))
    took = trying.until(lambda: bool(_instances(asked, name) - before), NAT_SECONDS)
    yield (
        took is not None,
        f"{name}: "
        + (f"a successor was in service after {took:.0f} s" if took else f"no successor in {NAT_SECONDS} s"),
    )
    yield _routes(asked) == routes, "the routes are as they were"


def replace_tasks(trying: Trying) -> Iterator[Said]:
    """Replace every task of both services while customers ask, as often as one address may."""
    asked = trying.asked
    cluster, services = asked.name("ecs"), [asked.name("frontend"), asked.name("backend")]
    with Traffic(doors(asked.environment), asked.get) as traffic:
        for service in services:
            trying.change("ecs").update_service(cluster=cluster, service=service, forceNewDeployment=True)
        took = trying.until(lambda: _rolled_out(asked, cluster, services), ROLLOUT_SECONDS)
    yield took is not None, f"all tasks were replaced after {took or ROLLOUT_SECONDS:.0f} s"
    yield not traffic.failed, f"{traffic.sent} requests, {len(traffic.failed)} failed: {traffic.failed[:3]}"


def fail_over(trying: Trying) -> Iterator[Said]:
    """Let a reader take over; the backend finds it by the cluster's endpoint."""
    asked = trying.asked
    cluster, before = asked.name("aurora"), _writer(asked)
    trying.change("rds").failover_db_cluster(DBClusterIdentifier=cluster)
    took = trying.until(lambda: _writer(asked) not in ("", before), 5 * FAILOVER_SECONDS)
    yield took is not None, f"{_writer(asked) or 'nobody'} is the writer after {before}"
    took = trying.until(lambda: _is_ready(trying), FAILOVER_SECONDS)
    yield (
        took is not None,
        "the backend is ready " + (f"{took:.0f} s later" if took is not None else "no more"),
    )


TRIALS = {
    trial.name: trial
    for trial in (
        Trial(
            name="replace-nat",
            claim="A launch template whose device 0",
            effect="ends one NAT instance: for up to three minutes tasks of its zone reach nothing outside",
            dollars=0.01,
            cost="a minute of a second NAT instance, and its volume",
            run=replace_nat,
        ),
        Trial(
            name="replace-tasks",
            claim="No request fails while tasks are replaced",
            effect="replaces every task of both services, and asks the portal and the API as often as one address may",
            dollars=1.0,
            cost="a second set of tasks for some minutes, and up to 60,000 requests through both doors",
            run=replace_tasks,
        ),
        Trial(
            name="fail-over",
            claim="A reader takes over from a writer",
            effect="lets a reader become the writer: for up to a minute nothing can be written",
            dollars=0.01,
            cost="some calls of the probe's function",
            run=fail_over,
        ),
    )
}


def _instances(asked: Asked, group: str) -> set[str]:
    (found,) = (each for each in groups(asked) if each["AutoScalingGroupName"] == group)
    return {i["InstanceId"] for i in found["Instances"] if i["LifecycleState"] == "InService"}


def _routes(asked: Asked) -> set[tuple[str, str]]:
    network = [{"Name": "vpc-id", "Values": [asked.one("foundation", "AWS::EC2::VPC")]}]
    tables = asked.pages("ec2", "describe_route_tables", "RouteTables", Filters=network)
    return {
        (table["RouteTableId"], route.get("NetworkInterfaceId", ""))
        for table in tables
        for route in table["Routes"]
    }


def _rolled_out(asked: Asked, cluster: str, services: list[str]) -> bool:
    described = asked.client("ecs").describe_services(cluster=cluster, services=services)["services"]
    return all({d.get("rolloutState") for d in s["deployments"]} == {"COMPLETED"} for s in described)


def _writer(asked: Asked) -> str:
    described = asked.client("rds").describe_db_clusters(DBClusterIdentifier=asked.name("aurora"))
    members = described["DBClusters"][0]["DBClusterMembers"]
    return next((str(m["DBInstanceIdentifier"]) for m in members if m["IsClusterWriter"]), "")


def _is_ready(trying: Trying) -> bool:
    """The backend's own word, by the probe: customers cannot ask for it."""
    event = json.dumps({"paths": ["/api/ready"]}).encode()
    answer = trying.change("lambda").invoke(FunctionName=trying.asked.name("probe"), Payload=event)
    told = json.loads(answer["Payload"].read())
    return [seen.get("status") for seen in told.get("responses", [])] == [200]
