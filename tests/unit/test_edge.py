"""CloudFront, the static files behind it, the certificate and the records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.templates import Stage

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
    (bucket,) = stage.portal.resources("AWS::S3::Bucket")
    assert behavior["CachePolicyId"] == CACHING_OPTIMIZED
    assert _origin(stage, behavior)["DomainName"] == {"Fn::GetAtt": [bucket, "RegionalDomainName"]}


def test_every_answer_is_https_and_carries_the_security_headers(stage: Stage) -> None:
    (headers,) = stage.portal.resources("AWS::CloudFront::ResponseHeadersPolicy")
    for behavior in _behaviors(stage).values():
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["ResponseHeadersPolicyId"] == {"Ref": headers}


def test_the_balancer_is_a_private_origin_reached_by_a_name_in_its_certificate(stage: Stage) -> None:
    endpoint = stage.portal.one("AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]
    (balancer,) = stage.portal.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert endpoint["Arn"] == {"Ref": balancer}
    assert endpoint["OriginProtocolPolicy"] == "https-only"
    name = _origin(stage, _behaviors(stage)["*"])["DomainName"]
    assert name in stage.portal.one("AWS::CertificateManager::Certificate")["SubjectAlternativeNames"]


def test_only_this_distribution_reads_the_bucket(stage: Stage) -> None:
    statements = stage.portal.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    (reading,) = (s for s in statements if s["Principal"].get("Service"))
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    assert reading["Action"] == "s3:GetObject"
    assert distribution in str(reading["Condition"]["StringEquals"]["AWS:SourceArn"])
    assert all(stage.portal.one("AWS::S3::Bucket")["PublicAccessBlockConfiguration"].values())


def test_the_bucket_refuses_old_tls_and_plain_http(stage: Stage) -> None:
    statements = stage.portal.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    denied = [s["Condition"] for s in statements if s["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_files_are_stored_under_the_path_that_customers_ask_for(stage: Stage) -> None:
    assert stage.portal.one("Custom::CDKBucketDeployment")["DestinationBucketKeyPrefix"] == "static/"


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
        (record["Name"], record["Type"]): record["AliasTarget"]["DNSName"]["Fn::GetAtt"]
        for record in stage.portal.properties("AWS::Route53::RecordSet")
    }
    (distribution,) = stage.portal.resources("AWS::CloudFront::Distribution")
    (domain,) = stage.portal.resources("AWS::ApiGateway::DomainName")
    assert records == {
        ("portal-test.test.bank.example.", "A"): [distribution, "DomainName"],
        ("portal-test.test.bank.example.", "AAAA"): [distribution, "DomainName"],
        ("api-test.test.bank.example.", "A"): [domain, "RegionalDomainName"],
    }


def _behaviors(stage: Stage) -> dict[str, dict[str, Any]]:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    others = {behavior["PathPattern"]: behavior for behavior in config["CacheBehaviors"]}
    return {"*": config["DefaultCacheBehavior"], **others}


def _origin(stage: Stage, behavior: dict[str, Any]) -> dict[str, Any]:
    config = stage.portal.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    origins: list[dict[str, Any]] = config["Origins"]
    return next(origin for origin in origins if origin["Id"] == behavior["TargetOriginId"])
