"""CloudWatch's metrics, one by one and worked out of several."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

ELB = "AWS/ApplicationELB"
MINUTE = cdk.Duration.minutes(1)
FIVE_MINUTES = cdk.Duration.minutes(5)
HOUR = cdk.Duration.hours(1)


def metric(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    statistic: str,
    *,
    period: cdk.Duration = MINUTE,
    label: str | None = None,
) -> cloudwatch.Metric:
    """One metric; `statistic` is CloudWatch's own word, such as Sum or p95; `label` is for a graph of several."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        period=period,
        label=label,
    )


def math(
    expression: str, metrics: Mapping[str, cloudwatch.IMetric], *, label: str, period: cdk.Duration = MINUTE
) -> cloudwatch.MathExpression:
    """What CloudWatch works out of several metrics."""
    return cloudwatch.MathExpression(
        expression=expression, using_metrics=dict(metrics), label=label, period=period
    )
