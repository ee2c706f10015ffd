"""Where alarms go: one encrypted topic per environment."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.names import Names


class AlarmTopic(sns.Topic):
    """CloudWatch of this account may publish, over TLS; the key's policy lets it encrypt."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, key: kms.IKey) -> None:
        super().__init__(
            scope,
            id_,
            topic_name=names("alarms"),
            display_name=f"Portal {names.suffix}",
            master_key=key,
            enforce_ssl=True,
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
