"""Running the portal: composite alarms, CloudFront's further metrics, delivery of vended logs, rotation of secrets."""

from ..here import client, current_account
from ..registry import Properties
from .row import Call, Occasion, Row, answered, given, identity


def _alarm_name(occasion: Occasion) -> str:
    declared: str | None = occasion.properties.get("AlarmName")
    return occasion.id or declared or f"{occasion.stack_name}-{occasion.logical_id}"


def _alarm_arn(occasion: Occasion) -> str:
    return f"arn:aws:cloudwatch:us-east-1:{current_account()}:alarm:{occasion.id}"


def _tag_delivery(delivery: str, properties: Properties) -> None:
    """Set the tags of a delivery."""
    logs = client("logs")
    arn = logs.get_delivery(id=delivery)["delivery"]["arn"]
    wanted = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    present = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    if gone := sorted(present.keys() - wanted.keys()):
        logs.untag_resource(resourceArn=arn, tagKeys=gone)
    if wanted:
        logs.tag_resource(resourceArn=arn, tags=wanted)


ROWS = (
    Row(
        type="AWS::CloudWatch::CompositeAlarm",
        service="cloudwatch",
        create=Call("put_composite_alarm", AlarmName=_alarm_name),
        id=_alarm_name,
        attributes={"Arn": _alarm_arn},
        update=(Call("put_composite_alarm", AlarmName=identity),),
        fixed=("AlarmName",),
        delete=Call("delete_alarms", AlarmNames=lambda occasion: [occasion.id]),
    ),
    Row(
        type="AWS::CloudFront::MonitoringSubscription",
        service="cloudfront",
        create=Call("create_monitoring_subscription"),
        id=given("DistributionId"),
        update=(Call("create_monitoring_subscription"),),
        fixed=("DistributionId",),
        delete=Call("delete_monitoring_subscription"),
    ),
    Row(
        type="AWS::Logs::DeliverySource",
        service="logs",
        create=Call("put_delivery_source"),
        id=given("Name"),
        attributes={
            "Arn": answered("deliverySource.arn"),
            "Service": answered("deliverySource.service"),
            "ResourceArns": answered("deliverySource.resourceArns"),
        },
        update=(Call("put_delivery_source"),),
        fixed=("Name",),
        delete=Call("delete_delivery_source"),
    ),
    Row(
        type="AWS::Logs::DeliveryDestination",
        service="logs",
        create=Call(
            "put_delivery_destination",
            deliveryDestinationConfiguration=lambda occasion: {
                "destinationResourceArn": occasion.properties["DestinationResourceArn"]
            },
        ),
        id=given("Name"),
        attributes={
            "Arn": answered("deliveryDestination.arn"),
            "DeliveryDestinationType": answered("deliveryDestination.deliveryDestinationType"),
        },
        update=(
            Call(
                "put_delivery_destination",
                deliveryDestinationConfiguration=lambda occasion: {
                    "destinationResourceArn": occasion.properties["DestinationResourceArn"]
                },
            ),
        ),
        fixed=("Name",),
        delete=Call("delete_delivery_destination"),
    ),
    Row(
        type="AWS::Logs::Delivery",
        service="logs",
        create=Call("create_delivery"),
        id=answered("delivery.id"),
        attributes={"DeliveryId": identity, "Arn": answered("delivery.arn")},
        retag=_tag_delivery,
        delete=Call("delete_delivery", id=identity),
    ),
    Row(
        type="AWS::SecretsManager::RotationSchedule",
        service="secretsmanager",
        create=Call("rotate_secret", RotateImmediately=given("RotateImmediatelyOnUpdate")),
        id=answered("ARN"),
        update=(Call("rotate_secret", RotateImmediately=given("RotateImmediatelyOnUpdate")),),
        fixed=("SecretId",),
    ),
)
