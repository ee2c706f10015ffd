"""CloudFront, the static files behind it, the certificate and the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.templates import Stage, actions

STATIC = Path(__file__).resolve().parents[2] / "containers" / "frontend" / "static"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ORIGIN_CACHE_HEADERS = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_api_calls_of_every_method_reach_the_balancer_and_are_never_cached(stage: Stage) -> None:
    behavior = _behaviors(stage)["/api/*"]
    assert len(behavior["AllowedMethods"]) == 7
    assert behavior["CachePolicyId"] == CACHING_DISABLED
    assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST
    assert "VpcOriginConfig" in _origin(stage, behavior)


def test_pages_are_read_only_and_cached_as_the_frontend_says(stage: Stage) -> None:
    behavior = _behaviors(stage)["*"]
    assert behavior["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert behavior["CachePolicyId"] == ORIGIN_CACHE_HEADERS
    assert "VpcOriginConfig" in _origin(stage, behavior)


def test_static_files_come_from_the_bucket_and_are_cached(stage: Stage) -> None:
    behavior = _behaviors(stage)["/static/*"]
    bucket = stage.portal.id_of("AWS::S3::Bucket", BucketNamePrefix="static-test")
    assert behavior["CachePolicyId"] == CACHING_OPTIMIZED
    assert _origin(stage, behavior)["DomainName"] == {"Fn::GetAtt": [bucket, "RegionalDomainName"]}


def test_every_answer_is_https_and_carries_the_security_headers(stage: Stage) -> None:
    (headers,) = stage.portal.resources("AWS::CloudFront::ResponseHeadersPolicy")
    for behavior in _behaviors(stage).values():
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["ResponseHeadersPolicyId"] == {"Ref": headers}


def test_a_browser_is_told_what_it_may_load_and_that_it_may_frame_nothing(stage: Stage) -> None:
    policy = stage.portal.one("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    headers = policy["SecurityHeadersConfig"]
    content = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(content.split("; "))
    assert "unsafe-inline" not in content
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 365 * 24 * 3600
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "strict-origin-when-cross-origin"
    assert all(header["Override"] for header in headers.values())
    assert "ContentTypeOptions" in headers


def test_an_outage_shows_a_page_that_is_deployed_and_keeps_its_status(stage: Stage) -> None:
    responses = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"][
        "CustomErrorResponses"
    ]
    assert {r["ErrorCode"]: r["ResponseCode"] for r in responses} == {502: 502, 503: 503, 504: 504}
    for response in responses:
        path = response["ResponsePagePath"].removeprefix("/static/")
        assert (STATIC / path).is_file()
        # CloudFront asks S3 again at once when the portal is back.
        assert response["ErrorCachingMinTTL"] <= 10


def test_viewers_speak_new_protocols_only(stage: Stage) -> None:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["HttpVersion"] == "http2and3"
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2025"


def test_every_request_is_logged_as_json_into_a_group_of_the_template(stage: Stage) -> None:
    source = stage.portal.one("AWS::Logs::DeliverySource")
    destination = stage.portal.one("AWS::Logs::DeliveryDestination")
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    group = stage.portal.id_of("AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/cdn-test")
    assert {"Ref": distribution} in source["ResourceArn"]["Fn::Join"][1]
    assert destination["DestinationResourceArn"] == {"Fn::GetAtt": [group, "Arn"]}
    assert (source["LogType"], destination["OutputFormat"]) == ("ACCESS_LOGS", "json")
    assert stage.portal.one("AWS::Logs::Delivery")["DeliverySourceName"] == source["Name"]


def test_the_balancer_is_a_private_origin_reached_by_a_name_in_its_certificate(stage: Stage) -> None:
    endpoint = stage.portal.one("AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert endpoint["Arn"] == {"Ref": balancer}
    assert endpoint["OriginProtocolPolicy"] == "https-only"
    name = _origin(stage, _behaviors(stage)["*"])["DomainName"]
    assert name in stage.portal.one("AWS::CertificateManager::Certificate")["SubjectAlternativeNames"]


def test_only_this_distribution_reads_the_bucket(stage: Stage) -> None:
    statements = _static_policy(stage)["PolicyDocument"]["Statement"]
    (reading,) = (s for s in statements if s["Principal"].get("Service"))
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    assert reading["Action"] == "s3:GetObject"
    assert distribution in str(reading["Condition"]["StringEquals"]["AWS:SourceArn"])
    for bucket in stage.portal.properties("AWS::S3::Bucket"):
        assert all(bucket["PublicAccessBlockConfiguration"].values())


def test_the_bucket_refuses_old_tls_and_plain_http(stage: Stage) -> None:
    statements = _static_policy(stage)["PolicyDocument"]["Statement"]
    denied = [s["Condition"] for s in statements if s["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_files_are_stored_under_the_path_that_customers_ask_for(stage: Stage) -> None:
    for deployment in stage.portal.properties("Custom::CDKBucketDeployment"):
        assert deployment["DestinationBucketKeyPrefix"] == "static/"


def test_hashed_files_are_kept_for_a_year_and_outlast_a_release(stage: Stage) -> None:
    hashed = stage.portal.one("Custom::CDKBucketDeployment", Include=["assets/*"])
    assert hashed["Exclude"] == ["*"]
    assert hashed["SystemMetadata"]["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed["Prune"] is False
    assert "DistributionId" not in hashed


def test_the_other_files_follow_the_hashed_ones_and_only_they_are_invalidated(stage: Stage) -> None:
    others = stage.portal.one("Custom::CDKBucketDeployment", Exclude=["assets/*"])
    assert others["DistributionPaths"] == ["/static/maintenance.html"]
    hashed = stage.portal.id_of("Custom::CDKBucketDeployment", Include=["assets/*"])
    waiting = {stage.portal.id_of("Custom::CDKBucketDeployment", Exclude=["assets/*"])}
    waiting.add(stage.portal.id_of("AWS::ECS::Service", ServiceName="frontend-test"))
    for logical_id in waiting:
        assert hashed in stage.portal.body["Resources"][logical_id]["DependsOn"]


def test_the_files_function_may_invalidate_the_accounts_own_distributions_only(stage: Stage) -> None:
    (policy,) = (p for p in stage.portal.properties("AWS::IAM::Policy") if "CreateInvalidation" in str(p))
    narrowed = {
        action: statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in actions(statement)
        if isinstance(statement["Resource"], str)
    }
    own = "arn:aws:cloudfront::111111111111:distribution/*"
    assert narrowed == {"cloudfront:CreateInvalidation": own, "cloudfront:GetInvalidation": own}


@pytest.mark.parametrize(("suffix", "label"), [("test", "-test"), ("large", "")])
def test_one_certificate_names_portal_api_and_origin_without_wildcard(
    stages: dict[str, Stage], suffix: str, label: str
) -> None:
    certificate = stages[suffix].portal.one("AWS::CertificateManager::Certificate")
    names = [certificate["DomainName"], *certificate["SubjectAlternativeNames"]]
    assert names == [f"{host}{label}.test.bank.example" for host in ("portal", "api", "origin")]
    zones = {option["HostedZoneId"] for option in certificate["DomainValidationOptions"]}
    assert zones == {"Z0TEST"}


def test_public_names_lead_to_their_doors_and_the_origin_has_no_record(stage: Stage) -> None:
    records = {
        (record["Name"].split(".")[0], record["Type"], record.get("Failover")): record["AliasTarget"][
            "DNSName"
        ]["Fn::GetAtt"]
        for record in stage.portal.properties("AWS::Route53::RecordSet")
    }
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    api = stage.portal.id_of("AWS::ApiGateway::DomainName", DomainName="api-test.test.bank.example")
    page = stage.portal.id_of("AWS::ApiGateway::DomainName", DomainName="portal-test.test.bank.example")
    expected = {}
    for type_ in ("A", "AAAA"):
        expected["portal-test", type_, "PRIMARY"] = [distribution, "DomainName"]
        expected["portal-test", type_, "SECONDARY"] = [page, "RegionalDomainName"]
        expected["api-test", type_, None] = [api, "RegionalDomainName"]
    assert records == expected


def test_the_portal_fails_over_when_a_page_behind_cloudfront_does(stage: Stage) -> None:
    checks = stage.portal.resources("AWS::Route53::HealthCheck")
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    (check_id,) = (id_ for id_ in checks if "PortalHealth" in id_)
    check = checks[check_id]["Properties"]["HealthCheckConfig"]
    assert (check["Type"], check["EnableSNI"], check["ResourcePath"]) == ("HTTPS", True, "/healthz")
    # Not the portal's own name, which leads elsewhere once it has failed over.
    assert check["FullyQualifiedDomainName"] == {"Fn::GetAtt": [distribution, "DomainName"]}
    for record in stage.portal.properties("AWS::Route53::RecordSet", Failover="PRIMARY"):
        assert record["HealthCheckId"] == {"Fn::GetAtt": [check_id, "HealthCheckId"]}
        # Route 53 refuses to evaluate CloudFront.
        assert record["AliasTarget"]["EvaluateTargetHealth"] is False


def _static_policy(stage: Stage) -> dict[str, Any]:
    bucket = stage.portal.id_of("AWS::S3::Bucket", BucketNamePrefix="static-test")
    return stage.portal.one("AWS::S3::BucketPolicy", Bucket={"Ref": bucket})


def _behaviors(stage: Stage) -> dict[str, dict[str, Any]]:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    others = {behavior["PathPattern"]: behavior for behavior in config["CacheBehaviors"]}
    return {"*": config["DefaultCacheBehavior"], **others}


def _origin(stage: Stage, behavior: dict[str, Any]) -> dict[str, Any]:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    origins: list[dict[str, Any]] = config["Origins"]
    return next(origin for origin in origins if origin["Id"] == behavior["TargetOriginId"])


def test_the_api_is_asked_by_its_name_from_outside(stage: Stage) -> None:
    checks = stage.portal.resources("AWS::Route53::HealthCheck")
    (check,) = (one["Properties"]["HealthCheckConfig"] for id_, one in checks.items() if "ApiHealth" in id_)
    assert (check["Type"], check["EnableSNI"], check["ResourcePath"]) == ("HTTPS", True, "/api/health")
    assert check["FullyQualifiedDomainName"] == "api-test.test.bank.example"
