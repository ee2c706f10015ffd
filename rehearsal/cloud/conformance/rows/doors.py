"""Load balancing, CloudFront, API Gateway, certificates, Route 53, WAF."""

from typing import Any

from ...types.row import Call, Occasion, constant, given, identity
from ..readback import ReadBack, Source


def _attributes_of(kind: str) -> Source:
    return Source(call=Call(f"describe_{kind}_attributes", **{_ARN[kind]: identity}), path="Attributes")


_ARN = {"load_balancer": "LoadBalancerArn", "target_group": "TargetGroupArn", "listener": "ListenerArn"}
_TAGS = Source(
    call=Call("describe_tags", ResourceArns=lambda occasion: [occasion.id]),
    path="TagDescriptions[0].Tags",
)


def _record_start(occasion: Occasion) -> str:
    return str(occasion.properties["Name"])


def _method_settings(stage: Any) -> list[dict[str, Any]]:
    """As a list again; the API keys them by `path/method`, with slashes of the path as `~1`."""
    found = []
    for key, settings in ((stage or {}).get("methodSettings") or {}).items():
        path, method = key.rsplit("/", 1)
        whole = "/*" if path == "*" else f"/{path.replace('~1', '/').strip('/')}"
        found.append({"ResourcePath": whole, "HttpMethod": method, **settings})
    return found


def _integration(method: Any) -> Any:
    kept = (method or {}).get("methodIntegration") or {}
    return {
        **kept,
        "IntegrationHttpMethod": kept.get("httpMethod"),
        # A list in CloudFormation, by status in the API.
        "IntegrationResponses": list((kept.get("integrationResponses") or {}).values()),
    }


def _method_responses(method: Any) -> list[Any]:
    return list(((method or {}).get("methodResponses") or {}).values())


def _distribution(answer: Any) -> Any:
    config = (answer or {}).get("DistributionConfig") or {}
    return {**config, "IPV6Enabled": config.get("IsIPV6Enabled")}


ROWS = (
    ReadBack(
        type="AWS::ElasticLoadBalancingV2::LoadBalancer",
        service="elbv2",
        source=Source(
            call=Call("describe_load_balancers", LoadBalancerArns=lambda o: [o.id]), path="LoadBalancers[0]"
        ),
        properties={
            "Name": "LoadBalancerName",
            "Subnets": "AvailabilityZones[].SubnetId",
            "LoadBalancerAttributes": _attributes_of("load_balancer"),
            "Tags": _TAGS,
        },
    ),
    ReadBack(
        type="AWS::ElasticLoadBalancingV2::TargetGroup",
        service="elbv2",
        source=Source(
            call=Call("describe_target_groups", TargetGroupArns=lambda o: [o.id]), path="TargetGroups[0]"
        ),
        properties={
            "Name": "TargetGroupName",
            "TargetGroupAttributes": _attributes_of("target_group"),
            "Tags": _TAGS,
        },
    ),
    ReadBack(
        type="AWS::ElasticLoadBalancingV2::Listener",
        service="elbv2",
        source=Source(
            call=Call("describe_listeners", ListenerArns=lambda o: [o.id], LoadBalancerArn=constant(None)),
            path="Listeners[0]",
        ),
        properties={"Tags": _TAGS, "ListenerAttributes": _attributes_of("listener")},
    ),
    ReadBack(
        type="AWS::ElasticLoadBalancingV2::ListenerRule",
        service="elbv2",
        source=Source(
            call=Call("describe_rules", RuleArns=lambda o: [o.id], ListenerArn=constant(None)),
            path="Rules[0]",
        ),
        properties={"Tags": _TAGS},
        unread=("ListenerArn",),
    ),
    ReadBack(
        type="AWS::CloudFront::Distribution",
        service="cloudfront",
        source=Source(call=Call("get_distribution_config", Id=identity)),
        properties={"DistributionConfig": _distribution},
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::CloudFront::VpcOrigin",
        service="cloudfront",
        source=Source(call=Call("get_vpc_origin", Id=identity), path="VpcOrigin"),
        unread=("Tags",),
    ),
    ReadBack(
        type="AWS::CloudFront::OriginAccessControl",
        service="cloudfront",
        source=Source(call=Call("get_origin_access_control", Id=identity), path="OriginAccessControl"),
    ),
    ReadBack(
        type="AWS::CloudFront::ResponseHeadersPolicy",
        service="cloudfront",
        source=Source(call=Call("get_response_headers_policy", Id=identity), path="ResponseHeadersPolicy"),
    ),
    ReadBack(
        type="AWS::ApiGateway::RestApi",
        service="apigateway",
        source=Source(call=Call("get_rest_api", restApiId=identity)),
    ),
    ReadBack(
        type="AWS::ApiGateway::Method",
        service="apigateway",
        source=Source(
            call=Call(
                "get_method",
                restApiId=given("RestApiId"),
                resourceId=given("ResourceId"),
                httpMethod=given("HttpMethod"),
            )
        ),
        properties={"Integration": _integration, "MethodResponses": _method_responses},
        unread=("RestApiId", "ResourceId"),
    ),
    ReadBack(
        type="AWS::ApiGateway::Stage",
        service="apigateway",
        source=Source(call=Call("get_stage", restApiId=given("RestApiId"), stageName=given("StageName"))),
        properties={"MethodSettings": _method_settings, "AccessLogSetting": "accessLogSettings"},
        unread=("RestApiId",),
    ),
    ReadBack(
        type="AWS::ApiGateway::UsagePlan",
        service="apigateway",
        source=Source(call=Call("get_usage_plan", usagePlanId=identity)),
        properties={"UsagePlanName": "name"},
    ),
    ReadBack(
        type="AWS::ApiGateway::ApiKey",
        service="apigateway",
        source=Source(call=Call("get_api_key", apiKey=identity)),
        unread=("Value",),
    ),
    ReadBack(
        type="AWS::ApiGateway::DomainName",
        service="apigateway",
        source=Source(call=Call("get_domain_name", domainName=identity)),
    ),
    ReadBack(
        type="AWS::CertificateManager::Certificate",
        service="acm",
        source=Source(call=Call("describe_certificate", CertificateArn=identity), path="Certificate"),
        properties={"ValidationMethod": "DomainValidationOptions[0].ValidationMethod"},
        unread=("Tags", "DomainValidationOptions"),
    ),
    ReadBack(
        type="AWS::Route53::RecordSet",
        service="route53",
        source=Source(
            call=Call(
                "list_resource_record_sets",
                HostedZoneId=given("HostedZoneId"),
                StartRecordName=_record_start,
                StartRecordType=given("Type"),
                StartRecordIdentifier=given("SetIdentifier"),
                MaxItems=constant("1"),
            ),
            path="ResourceRecordSets[0]",
        ),
        unread=("HostedZoneId",),
    ),
    ReadBack(
        type="AWS::Route53::HealthCheck",
        service="route53",
        source=Source(call=Call("get_health_check", HealthCheckId=identity), path="HealthCheck"),
        unread=("HealthCheckTags",),
    ),
    ReadBack(
        type="AWS::WAFv2::WebACLAssociation",
        service="wafv2",
        source=Source(call=Call("get_web_acl_for_resource", ResourceArn=given("ResourceArn")), path="WebACL"),
        properties={"WebACLArn": "ARN"},
        unread=("ResourceArn",),
    ),
)
