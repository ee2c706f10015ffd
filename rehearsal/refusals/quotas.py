"""How much of everything an account has by default, as far as templates ask for it: a row for each quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .views import Properties

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_PRIVATELINK = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"
_BALANCERS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
_CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
_ROUTE53 = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
_HTTP_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"
_WAF = "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many resources of the types an account may have in a Region, or under each parent that `per` names.

    `code` is that of Service Quotas, under `service`; without one AWS raises it on another way or not at all.
    `where` restricts the resources to those with these properties; `beforehand` counts what AWS itself has put into
    a new account.
    """

    name: str
    default: int
    types: tuple[str, ...]
    source: str
    service: str = ""
    code: str = ""
    per: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    beforehand: int = 0

    def counts(self, properties: Properties) -> bool:
        """Whether a resource with these properties counts."""
        return all(properties.get(name) == value for name, value in self.where.items())


def _quota(name: str, default: int, types: str, source: str, **more: object) -> Quota:
    full = tuple(f"AWS::{type_}" for type_ in types.split())
    return Quota(name=name, default=default, types=full, source=source, **more)  # type: ignore[arg-type]


QUOTAS = (
    _quota("Elastic IP addresses", 5, "EC2::EIP", _VPC, service="ec2", code="L-0263D0A3"),
    # A new account has a default VPC with an internet gateway in every Region.
    _quota("VPCs", 5, "EC2::VPC", _VPC, service="vpc", code="L-F678F1CE", beforehand=1),
    _quota(
        "internet gateways", 5, "EC2::InternetGateway", _VPC, service="vpc", code="L-A4707A72", beforehand=1
    ),
    _quota("subnets of a VPC", 200, "EC2::Subnet", _VPC, service="vpc", code="L-407747CB", per=("VpcId",)),
    _quota(
        "rules of a network ACL in one direction",
        20,
        "EC2::NetworkAclEntry",
        _VPC,
        service="vpc",
        code="L-2AEEBF1A",
        per=("NetworkAclId", "Egress"),
    ),
    _quota(
        "gateway endpoints",
        20,
        "EC2::VPCEndpoint",
        _PRIVATELINK,
        service="vpc",
        code="L-1B52E74A",
        where={"VpcEndpointType": "Gateway"},
    ),
    _quota(
        "interface endpoints of a VPC",
        50,
        "EC2::VPCEndpoint",
        _PRIVATELINK,
        service="vpc",
        code="L-29B6F2EB",
        per=("VpcId",),
        where={"VpcEndpointType": "Interface"},
    ),
    _quota(
        "load balancers",
        50,
        "ElasticLoadBalancingV2::LoadBalancer",
        _BALANCERS,
        service="elasticloadbalancing",
        code="L-53DA6B97",
    ),
    _quota(
        "target groups",
        3_000,
        "ElasticLoadBalancingV2::TargetGroup",
        _BALANCERS,
        service="elasticloadbalancing",
        code="L-B22855CB",
    ),
    _quota(
        "listeners of a load balancer",
        50,
        "ElasticLoadBalancingV2::Listener",
        _BALANCERS,
        service="elasticloadbalancing",
        code="L-B6DF7632",
        per=("LoadBalancerArn",),
    ),
    # The quota is the load balancer's 100; a listener's rules are a part of them.
    _quota(
        "rules of a load balancer's listener",
        100,
        "ElasticLoadBalancingV2::ListenerRule",
        _BALANCERS,
        per=("ListenerArn",),
    ),
    _quota(
        "distributions", 200, "CloudFront::Distribution", _CLOUDFRONT, service="cloudfront", code="L-24B04930"
    ),
    _quota("VPC origins", 25, "CloudFront::VpcOrigin", _CLOUDFRONT),
    _quota("origin access controls", 100, "CloudFront::OriginAccessControl", _CLOUDFRONT),
    _quota("response headers policies", 20, "CloudFront::ResponseHeadersPolicy", _CLOUDFRONT),
    _quota("cache policies", 20, "CloudFront::CachePolicy", _CLOUDFRONT),
    _quota("health checks", 200, "Route53::HealthCheck", _ROUTE53, service="route53", code="L-ACB674F3"),
    _quota("hosted zones", 500, "Route53::HostedZone", _ROUTE53, service="route53", code="L-4EA4796A"),
    _quota("roles", 1_000, "IAM::Role", _IAM, service="iam", code="L-FE177D64"),
    _quota("customer managed policies", 1_500, "IAM::ManagedPolicy", _IAM, service="iam", code="L-E95E4862"),
    _quota("regional REST APIs", 600, "ApiGateway::RestApi", _GATEWAY),
    _quota(
        "custom domain names",
        120,
        "ApiGateway::DomainName",
        _GATEWAY,
        service="apigateway",
        code="L-A93447B8",
    ),
    _quota("usage plans", 300, "ApiGateway::UsagePlan", _GATEWAY),
    _quota(
        "VPC links of the second kind",
        10,
        "ApiGatewayV2::VpcLink",
        _HTTP_GATEWAY,
        service="apigateway",
        code="L-608BDCD4",
    ),
    _quota("DB clusters", 40, "RDS::DBCluster", _RDS, service="rds", code="L-952B80B8"),
    _quota("DB instances", 40, "RDS::DBInstance", _RDS, service="rds", code="L-7B6409FD"),
    _quota(
        "DB cluster parameter groups",
        50,
        "RDS::DBClusterParameterGroup",
        _RDS,
        service="rds",
        code="L-E4C808A8",
    ),
    _quota("DB subnet groups", 50, "RDS::DBSubnetGroup", _RDS, service="rds", code="L-48C6BF61"),
    _quota("resource policies of CloudWatch Logs", 10, "Logs::ResourcePolicy", _LOGS),
    _quota("metric filters of a log group", 100, "Logs::MetricFilter", _LOGS, per=("LogGroupName",)),
    _quota(
        "tables",
        2_500,
        "DynamoDB::Table DynamoDB::GlobalTable",
        _DYNAMODB,
        service="dynamodb",
        code="L-F98FE922",
    ),
    _quota("web ACLs", 100, "WAFv2::WebACL", _WAF),
)
