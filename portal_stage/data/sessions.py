"""Sign-in sessions and what happened in them: two DynamoDB tables with the same two questions."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.names import Names

CUSTOMER_INDEX = "by-customer"
DEVICE_INDEX = "by-device"


class Sessions(Construct):
    """On demand, encrypted, restorable to a point in time; items end by themselves at `expires_at`."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.sessions = _table(self, "Sessions", name=names("sessions"), key=key, time="created_at")
        self.events = _table(
            self, "Events", name=names("session-events"), key=key, time="occurred_at", sort_by_time=True
        )
        self.operations = (
            (self.sessions, ("GetItem", "PutItem", "DeleteItem", "Query")),
            (self.events, ("PutItem", "Query")),
        )
        """Each table with what the backend may do with it, and what is watched: no table is ever scanned."""


def _table(
    scope: Construct, id_: str, *, name: str, key: kms.IKey, time: str, sort_by_time: bool = False
) -> dynamodb.TableV2:
    return dynamodb.TableV2(
        scope,
        id_,
        table_name=name,
        partition_key=_text("session_id"),
        sort_key=_text(time) if sort_by_time else None,
        global_secondary_indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(
                index_name=index, partition_key=_text(owner), sort_key=_text(time)
            )
            for index, owner in ((CUSTOMER_INDEX, "customer_id"), (DEVICE_INDEX, "device_id"))
        ],
        time_to_live_attribute="expires_at",
        billing=dynamodb.Billing.on_demand(),
        encryption=dynamodb.TableEncryptionV2.customer_managed_key(key),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=False,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
