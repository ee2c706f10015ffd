"""Alarms from rows, and the two composites that page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.names import Names

ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
# What silence means.
GOOD = cloudwatch.TreatMissingData.NOT_BREACHING
BAD = cloudwatch.TreatMissingData.BREACHING
AS_BEFORE = cloudwatch.TreatMissingData.IGNORE


class Severity(Enum):
    """What an alarm means for a customer: the first two page through their composite, the last one can wait."""

    UNAVAILABLE = "unavailable"
    DEGRADED = "degraded"
    NOTICE = "notice"


@dataclass(frozen=True)
class Row:
    """One alarm: rings when `periods` periods in a row are beyond the threshold."""

    name: str
    severity: Severity
    metric: cloudwatch.IMetric
    when: cloudwatch.ComparisonOperator
    threshold: float
    periods: int
    missing: cloudwatch.TreatMissingData
    says: str


class Alarms(Construct):
    """Every row an alarm, and over them `unavailable` and `degraded`; all of them tell the topic both ways."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        topic: sns.ITopic,
        rows: Sequence[Row],
        degrading: Sequence[cloudwatch.IAlarm] = (),
    ) -> None:
        """`degrading`: alarms of other stacks that page with `degraded`."""
        super().__init__(scope, id_)
        self._names = names
        self._tell = actions.SnsAction(topic)
        alarms = [(row.severity, self._alarm(row)) for row in rows]
        by_severity = {
            wanted: [alarm for severity, alarm in alarms if severity is wanted] for wanted in Severity
        }
        self.unavailable = self._page(
            "unavailable", "Customers cannot use the portal", by_severity[Severity.UNAVAILABLE]
        )
        self.degraded = self._page(
            "degraded",
            "Customers can use the portal, but not well",
            [*by_severity[Severity.DEGRADED], *degrading],
        )

    def _alarm(self, row: Row) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            "".join(word.capitalize() for word in row.name.split("-")),
            alarm_name=self._names(f"{row.name}-alarm"),
            alarm_description=f"{row.severity.value}: {row.says}",
            metric=row.metric,
            comparison_operator=row.when,
            threshold=row.threshold,
            evaluation_periods=row.periods,
            treat_missing_data=row.missing,
        )
        alarm.add_alarm_action(self._tell)
        alarm.add_ok_action(self._tell)
        return alarm

    def _page(self, name: str, says: str, alarms: Sequence[cloudwatch.IAlarm]) -> cloudwatch.CompositeAlarm:
        ringing = [cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in alarms]
        composite = cloudwatch.CompositeAlarm(
            self,
            name.capitalize(),
            composite_alarm_name=self._names(f"{name}-alarm"),
            alarm_description=f"page: {says}",
            alarm_rule=cloudwatch.AlarmRule.any_of(*ringing),
        )
        composite.add_alarm_action(self._tell)
        composite.add_ok_action(self._tell)
        return composite
