"""The alarm by which ECS takes a deployment of a service back."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.metric import ELB, math, metric

_BALANCERS_OWN = {
    "gateway": "HTTPCode_ELB_502_Count",
    "nobody": "HTTPCode_ELB_503_Count",
    "late": "HTTPCode_ELB_504_Count",
}


class RollbackAlarm(cloudwatch.Alarm):
    """Rings after three minutes of tasks that answer 5xx, do not answer, or are not healthy."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        kind: str,
        name: str,
        errors: int,
        target_group: elb.ApplicationTargetGroup,
        alb: elb.ApplicationLoadBalancer,
        topic: sns.ITopic,
    ) -> None:
        """`errors`: how many a minute are too many; targets that are not healthy count as so many."""
        super().__init__(
            scope,
            id_,
            alarm_name=name,
            alarm_description=f"notice: The {kind} answers 5xx or not at all: a running deployment is taken back",
            metric=_failures(target_group, alb, unhealthy_counts=errors),
            threshold=errors,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        action = cloudwatch_actions.SnsAction(topic)
        self.add_alarm_action(action)
        self.add_ok_action(action)


def _failures(
    target_group: elb.ApplicationTargetGroup, alb: elb.ApplicationLoadBalancer, *, unhealthy_counts: int
) -> cloudwatch.MathExpression:
    """Failed requests a minute.

    The balancer's own answers have no target group as dimension, so they count for all its services together:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
    """
    balancer = {"LoadBalancer": alb.load_balancer_full_name}
    group = {**balancer, "TargetGroup": target_group.target_group_full_name}
    errors = {"targets": metric(ELB, "HTTPCode_Target_5XX_Count", group, "Sum")}
    errors |= {id_: metric(ELB, name, balancer, "Sum") for id_, name in _BALANCERS_OWN.items()}
    unhealthy = metric(ELB, "UnHealthyHostCount", group, "Maximum")
    # The balancer counts nothing while nothing fails.
    failed = " + ".join(f"FILL({id_}, 0)" for id_ in errors)
    return math(
        f"{failed} + IF(FILL(unhealthy, 0) > 0, {unhealthy_counts}, 0)",
        {**errors, "unhealthy": unhealthy},
        label="failed requests",
    )
