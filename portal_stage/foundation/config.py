"""What may be configured of the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal_stage.errors import Checked
from portal_stage.rules import flag_problems, matches, private_network, problem, whole


@dataclass(frozen=True, kw_only=True)
class NetworkConfig(Checked):
    """The VPC: its address range, its three zones by id, how many of them have a NAT instance, the endpoints."""

    cidr: str
    zone_ids: tuple[str, str, str] = ("use1-az1", "use1-az2", "use1-az4")
    nat_instances: int = 3
    nat_instance_type: str = "t4g.nano"
    nat_refresh_hour: int | None = 8
    """UTC hour in which each NAT instance is replaced by one of the newest image, once a week: that of the first zone
    on Tuesdays, of the second on Wednesdays, of the third on Thursdays; None for never. Its zone has no way out for
    some two minutes."""
    nat_max_surplus_credits: int = 72
    """CPU credits spent before they are earned; more, and an alarm tells. A t4g.nano earns 144 a day."""
    nat_max_dropped_packets: int = 100
    """More in a minute, five minutes long, and an alarm tells that a NAT instance is too small."""
    interface_endpoints: bool = False
    """ECR, logs, secrets and keys without the NAT; S3 and DynamoDB always are."""

    def problems(self) -> Iterator[str]:
        # 3 x (/24 public + /22 app + /24 data), each aligned to its size: 20 of the 32 /24s of a /19.
        if not private_network(self.cidr, largest=16, smallest=19):
            rule = "use a private IPv4 network of /16 to /19 without host bits, or its subnets do not fit"
            yield problem("cidr", self.cidr, rule, example="10.20.0.0/16")
        # VPC link v2 and some Fargate capacity do not reach use1-az3.
        zone_ids = self.zone_ids if isinstance(self.zone_ids, tuple | list) else ()
        pinned = [zone_id for zone_id in zone_ids if matches(r"use1-az[12456]", zone_id)]
        if not len(zone_ids) == len(pinned) == len(set(pinned)) == 3:
            rule = "use three different zone ids of us-east-1, none of them use1-az3"
            yield problem("zone_ids", self.zone_ids, rule, example=("use1-az1", "use1-az2", "use1-az4"))
        if not whole(self.nat_instances, 1, 3):
            rule = "use 1, 2 or 3, which is one in each zone"
            yield problem("nat_instances", self.nat_instances, rule, example=3)
        if not matches(r"[a-z]+\d+g[a-z]*\.[a-z0-9]+", self.nat_instance_type):
            rule = "use an instance type of arm64"
            yield problem("nat_instance_type", self.nat_instance_type, rule, example="t4g.nano")
        if self.nat_refresh_hour is not None and not whole(self.nat_refresh_hour, 0, 23):
            rule = "use an hour of UTC, 0 to 23, or None for never"
            yield problem("nat_refresh_hour", self.nat_refresh_hour, rule, example=8)
        if not whole(self.nat_max_surplus_credits, 1, 10_000):
            rule = "use 1 or more credits, fewer than the instance type earns in a day"
            yield problem("nat_max_surplus_credits", self.nat_max_surplus_credits, rule, example=72)
        if not whole(self.nat_max_dropped_packets, 0, 1_000_000):
            rule = "use 0 to 1000000 packets a minute"
            yield problem("nat_max_dropped_packets", self.nat_max_dropped_packets, rule, example=100)
        yield from flag_problems(interface_endpoints=self.interface_endpoints)
