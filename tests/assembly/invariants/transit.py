"""Encrypted in transit, wherever a connection is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.assembly.policies import listed
from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
LISTENER_POLICY = re.compile(
    r"ELBSecurityPolicy-TLS13-1-[23]-(?:Res-PQ|PQ|Res)-\d{4}-\d{2}|ELBSecurityPolicy-TLS13-1-3-.*"
)


@invariant
def buckets_and_topics_refuse_plain_text(synthesis: Synthesis) -> Iterator[str]:
    """A policy of each denies whoever comes without TLS."""
    guarded = set()
    for template, _, properties in synthesis.properties("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy"):
        for statement in properties["PolicyDocument"]["Statement"]:
            condition = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
            if (
                statement["Effect"] == "Deny"
                and condition == "false"
                and "*" in json.dumps(statement["Principal"])
            ):
                guarded |= set(synthesis.pointed_at(template, listed(statement["Resource"])))
    for template, logical_id, _ in synthesis.properties("AWS::S3::Bucket", "AWS::SNS::Topic"):
        if (template.stack, logical_id) not in guarded:
            yield told(template.stack, logical_id, found="plain text admitted", wanted="a denial without TLS")


@invariant
def listeners_speak_tls(synthesis: Synthesis) -> Iterator[str]:
    """The balancer listens to HTTPS alone, with a certificate and a policy of TLS 1.3 without weak ciphers."""
    for template, logical_id, properties in synthesis.properties("AWS::ElasticLoadBalancingV2::Listener"):
        policy = properties.get("SslPolicy", "none")
        if properties["Protocol"] != "HTTPS" or not LISTENER_POLICY.fullmatch(policy):
            found = f"{properties['Protocol']} with {policy}"
            yield told(template.stack, logical_id, found=found, wanted="HTTPS with a TLS 1.3 policy")
        if not properties.get("Certificates"):
            yield told(template.stack, logical_id, found="no certificate", wanted="one")


@invariant
def the_edge_speaks_tls(synthesis: Synthesis) -> Iterator[str]:
    """CloudFront turns every viewer to HTTPS, with TLS 1.2 of 2025 or newer, and reaches its origins by TLS."""
    for template, logical_id, properties in synthesis.properties("AWS::CloudFront::Distribution"):
        config = properties["DistributionConfig"]
        for behavior in [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", [])]:
            if behavior["ViewerProtocolPolicy"] not in ("redirect-to-https", "https-only"):
                found = f"{behavior.get('PathPattern', '*')} {behavior['ViewerProtocolPolicy']}"
                yield told(template.stack, logical_id, found=found, wanted="redirect-to-https")
        minimum = config["ViewerCertificate"].get("MinimumProtocolVersion")
        if minimum not in ("TLSv1.2_2025", "TLSv1.3_2025"):
            yield told(template.stack, logical_id, found=minimum, wanted="TLSv1.2_2025")
    for template, logical_id, properties in synthesis.properties("AWS::CloudFront::VpcOrigin"):
        policy = properties["VpcOriginEndpointConfig"].get("OriginProtocolPolicy")
        if policy != "https-only":
            yield told(template.stack, logical_id, found=policy, wanted="https-only")


@invariant
def the_api_speaks_tls(synthesis: Synthesis) -> Iterator[str]:
    """Its domains take TLS 1.2 at least, its own address is off, and it reaches the balancer by HTTPS."""
    for template, logical_id, properties in synthesis.properties("AWS::ApiGateway::DomainName"):
        policy = str(properties.get("SecurityPolicy"))
        if not policy.startswith(("TLS_1_2", "SecurityPolicy_TLS12", "SecurityPolicy_TLS13")):
            yield told(template.stack, logical_id, found=policy, wanted="TLS_1_2")
    yield from each_has(
        synthesis, "AWS::ApiGateway::RestApi", field="DisableExecuteApiEndpoint", wanted=[True]
    )
    for template, logical_id, properties in synthesis.properties("AWS::ApiGateway::Method"):
        uri = properties["Integration"].get("Uri", "https://")
        if not str(uri).startswith("https://"):
            yield told(template.stack, logical_id, found=uri, wanted="https://")


@invariant
def the_database_demands_tls(synthesis: Synthesis) -> Iterator[str]:
    """`rds.force_ssl` refuses a client that speaks plain text."""
    for template, logical_id, properties in synthesis.properties("AWS::RDS::DBCluster"):
        group = template.body["Resources"][properties["DBClusterParameterGroupName"]["Ref"]]
        found = group["Properties"]["Parameters"].get("rds.force_ssl")
        if found != "1":
            yield told(template.stack, logical_id, found=f"rds.force_ssl {found}", wanted="1")
