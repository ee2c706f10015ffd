"""What is told of each NAT instance: that it is broken or gone, ends again and again, lacks CPU, loses packets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.foundation.nat_metrics import NatMetrics
from portal_stage.names import Names

_Alarm = TypeVar("_Alarm", bound=cloudwatch.AlarmBase)
# A group replaces its instance in about four minutes, as each week's refresh does: that alone wakes nobody.
_MINUTES_WITHOUT = 10


class NatAlarms(Construct):
    """Four alarms for each Auto Scaling group of one, and over them `page`; all tell when all is well again.

    `max_surplus_credits`: CPU credits spent and not yet earned. `max_dropped_packets`: in a minute.
    """

    page: cloudwatch.CompositeAlarm
    """Rings with any of them but that of the credits, which only cost money. One name, however many zones there are."""

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
        self._names = names
        self._tell = actions.SnsAction(topic)
        paging: list[cloudwatch.IAlarm] = []
        for number, instance in enumerate(instances, start=1):
            paging += [
                self._status(number, instance),
                self._ends(number, instance),
                self._drops(number, instance, max_dropped_packets),
            ]
            self._credits(number, instance, max_surplus_credits)
        self.page = cloudwatch.CompositeAlarm(
            self,
            "Page",
            composite_alarm_name=names("nat-alarm"),
            alarm_description="degraded: A zone has no way out, or not enough of it",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in paging)
            ),
        )
        self._tells(self.page)

    def _status(self, number: int, instance: NatMetrics) -> cloudwatch.Alarm:
        return self._tells(
            cloudwatch.Alarm(
                self,
                f"NatGroup{number}Status",
                alarm_name=self._names(f"nat-{number}-status"),
                alarm_description="The NAT instance of a zone fails its status check, or there is none",
                metric=instance.failed_checks(),
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                evaluation_periods=_MINUTES_WITHOUT,
                # Nobody reports where no instance runs.
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
        )

    def _ends(self, number: int, instance: NatMetrics) -> cloudwatch.Alarm:
        return self._tells(
            cloudwatch.Alarm(
                self,
                f"NatGroup{number}Ends",
                alarm_name=self._names(f"nat-{number}-ends"),
                alarm_description="The NAT instance of a zone has ended twice in 30 minutes: none of them boots",
                metric=instance.ends(),
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                # Minutes that slide; one period of 30 would begin with the clock's half hours.
                evaluation_periods=30,
                datapoints_to_alarm=2,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        )

    def _credits(self, number: int, instance: NatMetrics, most: int) -> cloudwatch.Alarm:
        return self._tells(
            cloudwatch.Alarm(
                self,
                f"NatGroup{number}Credits",
                alarm_name=self._names(f"nat-{number}-credits"),
                alarm_description="The NAT instance of a zone lives on CPU credits that it has not earned",
                metric=instance.surplus_credits(),
                threshold=most,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=3,
                # Types without credits report none, and a dead instance is the other alarm's business.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        )

    def _drops(self, number: int, instance: NatMetrics, most: int) -> cloudwatch.Alarm:
        return self._tells(
            cloudwatch.Alarm(
                self,
                f"NatGroup{number}Drops",
                alarm_name=self._names(f"nat-{number}-drops"),
                alarm_description="The NAT instance of a zone loses packets, or does not reach CloudWatch to say so",
                metric=instance.dropped_packets(),
                threshold=most,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                # A burst for some minutes is what the limits are for.
                evaluation_periods=_MINUTES_WITHOUT,
                # The instance tells by the same way out as everybody behind it.
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
        )

    def _tells(self, alarm: _Alarm) -> _Alarm:
        alarm.add_alarm_action(self._tell)
        alarm.add_ok_action(self._tell)
        return alarm
