"""Which NAT instances ended, and why: Auto Scaling tells it as events, which a rule counts and a log group keeps."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.counted_events import Counted, CountedEvents
from portal_stage.names import Names


class NatEnds(Construct):
    """A rule for each Auto Scaling group; whatever ends an instance counts, its own poweroff and a refresh too."""

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, groups: int, key: kms.IKey, log_days: int
    ) -> None:
        super().__init__(scope, id_)
        self.rules = [
            Counted(
                f"Rule{number}",
                names(f"nat-{number}-ends"),
                {
                    "source": ["aws.autoscaling"],
                    "detail-type": ["EC2 Instance-terminate Successful"],
                    "detail": {"AutoScalingGroupName": [names(f"nat-{number}")]},
                },
                "The NAT instance of a zone has ended",
            )
            for number in range(1, groups + 1)
        ]
        CountedEvents(
            self,
            "Events",
            log_group_name=names("/aws/events/nat-ends"),
            key=key,
            log_days=log_days,
            rules=self.rules,
        )
