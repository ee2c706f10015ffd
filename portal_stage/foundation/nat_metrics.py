"""What is measured of a NAT instance: the same metrics ring in its alarms and show on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from portal_stage.counted_events import Counted
from portal_stage.foundation.nat_user_data import DROPPED_PACKETS, NAMESPACE
from portal_stage.metric import FIVE_MINUTES, MINUTE, metric


@dataclass(frozen=True)
class NatMetrics:
    """Of the instance in this Auto Scaling group of one; whichever it is, its metrics carry the group's name."""

    group: str
    end: Counted
    """The rule that counts how often one has ended."""

    def failed_checks(self) -> cloudwatch.Metric:
        """1 while EC2's status checks fail."""
        return self._metric("AWS/EC2", "StatusCheckFailed", "Maximum", MINUTE)

    def surplus_credits(self) -> cloudwatch.Metric:
        """CPU credits spent and not yet earned. How many it has tells less: it starts with none."""
        return self._metric("AWS/EC2", "CPUSurplusCreditBalance", "Maximum", FIVE_MINUTES)

    def dropped_packets(self) -> cloudwatch.Metric:
        """What nat_dropped_packets.sh tells."""
        return self._metric(NAMESPACE, DROPPED_PACKETS, "Sum", MINUTE)

    def ends(self) -> cloudwatch.Metric:
        """Instances that ended in a minute."""
        return self.end.matched(period=MINUTE)

    def bytes_out(self) -> cloudwatch.Metric:
        """To both sides: what it forwards leaves it twice."""
        return self._metric("AWS/EC2", "NetworkOut", "Sum", FIVE_MINUTES)

    def _metric(self, namespace: str, name: str, statistic: str, period: cdk.Duration) -> cloudwatch.Metric:
        return metric(namespace, name, {"AutoScalingGroupName": self.group}, statistic, period=period)
