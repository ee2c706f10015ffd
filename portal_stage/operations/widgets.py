"""The widgets of the dashboard: all of one height, side by side over its whole width."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from portal_stage.metric import FIVE_MINUTES

_WIDTH = 24
_HEIGHT = 6


def graphs(*rows: tuple[str, str, Sequence[cloudwatch.IMetric]]) -> list[cloudwatch.IWidget]:
    """A row of graphs: title, unit, metrics."""
    return [
        cloudwatch.GraphWidget(
            title=f"{title} ({unit})",
            left=list(metrics),
            left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
            period=FIVE_MINUTES,
            width=_WIDTH // len(rows),
            height=_HEIGHT,
        )
        for title, unit, metrics in rows
    ]


def states_and_figures(
    title: str, alarms: Sequence[cloudwatch.IAlarm], *figures: tuple[str, str, cloudwatch.IMetric]
) -> list[cloudwatch.IWidget]:
    """A row of the alarms' states and of single figures (title, unit, metric), each over the page's span of time."""
    width = _WIDTH // (1 + len(figures))
    return [
        cloudwatch.AlarmStatusWidget(
            title=f"{title} (state)", alarms=list(alarms), width=width, height=_HEIGHT
        ),
        *(
            cloudwatch.SingleValueWidget(
                title=f"{name} ({unit})",
                metrics=[metric],
                set_period_to_time_range=True,
                sparkline=False,
                width=width,
                height=_HEIGHT,
            )
            for name, unit, metric in figures
        ),
    ]
