"""What stands before the portal: VPC links, VPC origins, health checks, web ACL associations."""

from typing import Any

from ..here import client
from ..registry import Properties
from .records import record, refuse_unless, short_id
from .row import Call, Occasion, Row, answered, fresh, given, identity


def _origin_etag(occasion: Occasion) -> Any:
    return client("cloudfront").get_vpc_origin(Id=occasion.id)["ETag"]


def _origin_endpoint(occasion: Occasion) -> Any:
    """CloudFormation's defaults where the API has none."""
    defaults = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "match-viewer"}
    return defaults | occasion.properties["VpcOriginEndpointConfig"]


def _tag_health_check(physical_id: str, properties: Properties) -> None:
    if properties.get("HealthCheckTags"):
        client("route53").change_tags_for_resource(
            ResourceType="healthcheck", ResourceId=physical_id, AddTags=properties["HealthCheckTags"]
        )


ROWS = (
    Row(
        type="AWS::CloudFront::VpcOrigin",
        service="cloudfront",
        create=Call("create_vpc_origin", VpcOriginEndpointConfig=_origin_endpoint),
        id=answered("VpcOrigin.Id"),
        attributes={
            "Id": identity,
            "Arn": answered("VpcOrigin.Arn"),
            "Status": answered("VpcOrigin.Status"),
        },
        update=(
            Call(
                "update_vpc_origin",
                Id=identity,
                IfMatch=_origin_etag,
                VpcOriginEndpointConfig=_origin_endpoint,
            ),
        ),
        delete=Call("delete_vpc_origin", Id=identity, IfMatch=_origin_etag),
    ),
    Row(
        type="AWS::Route53::HealthCheck",
        service="route53",
        create=Call("create_health_check", CallerReference=fresh),
        id=answered("HealthCheck.Id"),
        attributes={"HealthCheckId": identity},
        update=(
            Call(
                "update_health_check",
                HealthCheckId=identity,
                **{
                    name: given(f"HealthCheckConfig.{name}")
                    for name in (
                        "FullyQualifiedDomainName",
                        "Port",
                        "ResourcePath",
                        "SearchString",
                        "FailureThreshold",
                        "IPAddress",
                        "Inverted",
                        "EnableSNI",
                        "ChildHealthChecks",
                        "HealthThreshold",
                        "Regions",
                    )
                },
            ),
        ),
        delete=Call("delete_health_check", HealthCheckId=identity),
        amend=_tag_health_check,
    ),
    Row(
        type="AWS::WAFv2::WebACLAssociation",
        service="wafv2",
        create=Call("associate_web_acl"),
        id=lambda occasion: f"{occasion.properties['WebACLArn']}|{occasion.properties['ResourceArn']}",
        delete=Call("disassociate_web_acl"),
    ),
)


def _only_network_load_balancers(properties: Properties) -> None:
    for arn in properties.get("TargetArns", []):
        refuse_unless(
            r"arn:aws:elasticloadbalancing:[^:]+:\d{12}:loadbalancer/net/.+", arn, f"Invalid NLB ARN: {arn}"
        )


def register_records() -> None:
    """API Gateway's VPC links, which the doors read to find the way to the load balancer; the logs of WAF."""
    record(
        "AWS::ApiGateway::VpcLink",
        id=short_id,
        attributes=lambda physical_id, _: {"VpcLinkId": physical_id},
        fixed=("TargetArns",),
        check=_only_network_load_balancers,
    )
    record(
        "AWS::ApiGatewayV2::VpcLink",
        id=short_id,
        attributes=lambda physical_id, _: {"VpcLinkId": physical_id},
        fixed=("SecurityGroupIds", "SubnetIds"),
    )
    record(
        "AWS::WAFv2::LoggingConfiguration",
        id=lambda declared: str(declared["ResourceArn"]),
        fixed=("ResourceArn",),
    )
