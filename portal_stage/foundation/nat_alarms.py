"""What is told of each NAT instance: that it is broken or gone, that it lacks CPU, that it loses packets."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.foundation.nat_metrics import NatMetrics
from portal_stage.names import Names


class NatAlarms(Construct):
    """Three alarms for each Auto Scaling group of one; all tell when all is well again.

    `max_surplus_credits`: CPU credits spent and not yet earned. `max_dropped_packets`: in a minute.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        topic: sns.ITopic,
        instances: Sequence[NatMetrics],
        max_surplus_credits: int,
        max_dropped_packets: int,
    ) -> None:
        super().__init__(scope, id_)
        for number, instance in enumerate(instances, start=1):
            broken = cloudwatch.Alarm(
                self,
                f"NatGroup{number}Status",
                alarm_name=names(f"nat-{number}-status"),
                alarm_description="The NAT instance of a zone fails its status check, or there is none",
                metric=instance.failed_checks(),
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                evaluation_periods=3,
                # Nobody reports where no instance runs.
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
            exhausted = cloudwatch.Alarm(
                self,
                f"NatGroup{number}Credits",
                alarm_name=names(f"nat-{number}-credits"),
                alarm_description="The NAT instance of a zone lives on CPU credits that it has not earned",
                metric=instance.surplus_credits(),
                threshold=max_surplus_credits,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=3,
                # Types without credits report none, and a dead instance is the other alarm's business.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            losing = cloudwatch.Alarm(
                self,
                f"NatGroup{number}Drops",
                alarm_name=names(f"nat-{number}-drops"),
                alarm_description="The NAT instance of a zone loses packets, or does not reach CloudWatch to say so",
                metric=instance.dropped_packets(),
                threshold=max_dropped_packets,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                # A burst for a minute is what the limits are for.
                evaluation_periods=5,
                # The instance tells by the same way out as everybody behind it.
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
            for alarm in (broken, exhausted, losing):
                alarm.add_alarm_action(actions.SnsAction(topic))
                alarm.add_ok_action(actions.SnsAction(topic))
