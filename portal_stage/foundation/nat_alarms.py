"""What is told of each NAT instance: that it is broken or gone, that it runs out of CPU, that it loses packets."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.foundation.nat_user_data import DROPPED_PACKETS, NAMESPACE
from portal_stage.names import Names


class NatAlarms(Construct):
    """Three alarms for each Auto Scaling group of one; all tell when all is well again.

    `min_cpu_credits`: a t4g.nano holds 144 at most and earns 6 an hour. `max_dropped_packets`: in a minute.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        topic: sns.ITopic,
        groups: Sequence[str],
        min_cpu_credits: int,
        max_dropped_packets: int,
    ) -> None:
        super().__init__(scope, id_)
        for number, group in enumerate(groups, start=1):
            broken = cloudwatch.Alarm(
                self,
                f"NatGroup{number}Status",
                alarm_name=names(f"nat-{number}-status"),
                alarm_description="The NAT instance of a zone fails its status check, or there is none",
                metric=_metric(group, "StatusCheckFailed", "Maximum", minutes=1),
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
                alarm_description="The NAT instance of a zone has almost used up its CPU credits",
                metric=_metric(group, "CPUCreditBalance", "Minimum", minutes=5),
                threshold=min_cpu_credits,
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=3,
                # Types without credits report none, and a dead instance is the other alarm's business.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            losing = cloudwatch.Alarm(
                self,
                f"NatGroup{number}Drops",
                alarm_name=names(f"nat-{number}-drops"),
                alarm_description="The NAT instance of a zone loses packets, or does not reach CloudWatch to say so",
                metric=_metric(group, DROPPED_PACKETS, "Sum", minutes=1, namespace=NAMESPACE),
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


def _metric(
    group: str, name: str, statistic: str, *, minutes: int, namespace: str = "AWS/EC2"
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map={"AutoScalingGroupName": group},
        statistic=statistic,
        period=cdk.Duration.minutes(minutes),
    )
