"""The customers' door: CloudFront before the static files and, as a VPC origin, the load balancer."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.names import Names
from portal_stage.portal.domain import Domain

MAINTENANCE_PAGE = "/static/maintenance.html"
# What the balancer or CloudFront itself says when nothing behind it answers.
_OUTAGES = (502, 503, 504)
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Cdn(Construct):
    """`/static/*` from S3, cached; `/api/*` to the balancer, never cached; the rest as its origin says."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        domain: Domain,
        alb: elb.IApplicationLoadBalancer,
        static_files: s3.IBucket,
        web_acl_arn: str,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._headers = self._security_headers()
        balancer = origins.VpcOrigin.with_application_load_balancer(
            alb,
            vpc_origin_name=names("vpc-origin"),
            # CloudFront finds the balancer by its ARN; this is the name that its certificate must carry.
            domain_name=domain.origin_host,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=names("portal"),
            domain_names=[domain.portal_host],
            certificate=domain.certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=web_acl_arn,
            default_behavior=self._pages(balancer),
            additional_behaviors={
                "/api/*": self._api(balancer),
                "/static/*": self._files(static_files),
            },
            error_responses=[_outage(status) for status in _OUTAGES],
        )
        acknowledge(
            self.distribution,
            "AwsSolutions::AwsSolutions-CFR1",
            reason="Customers travel, and the brief names no country to refuse. The web ACL turns addresses of bad "
            "reputation and floods away wherever they come from.",
        )
        acknowledge(
            self.distribution,
            "AwsSolutions::AwsSolutions-CFR3",
            reason="Every request is logged, by CloudFront's standard logging v2 to an encrypted log group "
            "(log_delivery.py). The rule knows only the older way, to a bucket with ACLs.",
        )

    def _pages(self, balancer: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        return self._behavior(
            balancer,
            cloudfront.CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
            cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        )

    def _api(self, balancer: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        return self._behavior(
            balancer,
            cloudfront.CachePolicy.CACHING_DISABLED,
            cloudfront.AllowedMethods.ALLOW_ALL,
            # Without the viewer's Host the request carries the origin's name, the one in its certificate.
            cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        )

    def _files(self, bucket: s3.IBucket) -> cloudfront.BehaviorOptions:
        access = cloudfront.S3OriginAccessControl(
            self, "StaticAccess", origin_access_control_name=self._names("static-oac")
        )
        return self._behavior(
            origins.S3BucketOrigin.with_origin_access_control(bucket, origin_access_control=access),
            cloudfront.CachePolicy.CACHING_OPTIMIZED,
            cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        )

    def _behavior(
        self,
        origin: cloudfront.IOrigin,
        cache_policy: cloudfront.ICachePolicy,
        methods: cloudfront.AllowedMethods,
        origin_request_policy: cloudfront.IOriginRequestPolicy | None = None,
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=methods,
            cache_policy=cache_policy,
            origin_request_policy=origin_request_policy,
            response_headers_policy=self._headers,
            compress=True,
        )

    def _security_headers(self) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=self._names("headers"),
            comment="Security headers of every answer",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=cdk.Duration.days(365), include_subdomains=True, override=True
                ),
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=_CONTENT_SECURITY_POLICY, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
                    override=True,
                ),
            ),
        )


def _outage(status: int) -> cloudfront.ErrorResponse:
    """A page that a person can read, with the status kept: a health check must see the failure."""
    return cloudfront.ErrorResponse(
        http_status=status,
        response_http_status=status,
        response_page_path=MAINTENANCE_PAGE,
        ttl=cdk.Duration.seconds(5),
    )
