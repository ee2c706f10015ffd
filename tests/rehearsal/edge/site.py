"""A site behind CloudFront, by the AWS APIs alone."""

import json
import uuid
from typing import Any

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
READ = ["GET", "HEAD"]
ALL = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


def listed(items: list[Any]) -> dict[str, Any]:
    """A list as CloudFront's API writes it."""
    return {"Quantity": len(items), "Items": items}


def behavior(origin: str, methods: list[str], **more: Any) -> dict[str, Any]:
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {**listed(methods), "CachedMethods": listed(READ)},
        "CachePolicyId": CACHING_DISABLED,
        "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST,
        **more,
    }


class Site:
    """A distribution as the portal's: `/static/*` from S3, `/api/*` and the rest from the balancer.

    `change` edits its configuration before it is deployed, `origin_host` is the balancer's name for CloudFront.
    """

    def __init__(self, world: Any, frontend: int, backend: int, origin_host: str = "") -> None:
        self.world = world
        self.balancer = world.balancer()
        self.certificate = world.certificate(world.host("portal"), world.host("origin"))
        self.listener = world.listener(
            self.balancer, world.target_group(frontend), Certificates=[{"CertificateArn": self.certificate}]
        )
        world.rule(self.listener, "/api/*", world.target_group(backend))
        self.bucket = f"static-{uuid.uuid4().hex[:8]}"
        world.client("s3").create_bucket(Bucket=self.bucket)
        for key, content in {"static/app.js": b"let here", "static/maintenance.html": b"back soon"}.items():
            world.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        self.config = self._config(origin_host or world.host("origin"))

    def deploy(self) -> str:
        """The URL of the site."""
        cloudfront = self.world.client("cloudfront")
        created = cloudfront.create_distribution(DistributionConfig=self.config)["Distribution"]
        self.domain_name = created["DomainName"]
        self.allow(created["ARN"])
        self.world.alias("portal", self.domain_name)
        return f"https://{self.world.host('portal')}"

    def allow(self, distribution_arn: str) -> None:
        """The bucket's policy: CloudFront may read for that distribution, nobody may without TLS."""
        resource = [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"]
        statements = [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": resource[1],
                "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
            },
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": resource,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.world.client("s3").put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def _config(self, origin_host: str) -> dict[str, Any]:
        cloudfront = self.world.client("cloudfront")
        vpc_origin = cloudfront.create_vpc_origin(
            VpcOriginEndpointConfig={
                "Name": f"vpc-{self.bucket}",
                "Arn": self.balancer["LoadBalancerArn"],
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": listed(["TLSv1.2"]),
            }
        )["VpcOrigin"]["Id"]
        access = cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": f"oac-{self.bucket}",
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]["Id"]
        return {
            "CallerReference": self.bucket,
            "Comment": "",
            "Enabled": True,
            "Aliases": listed([self.world.host("portal")]),
            "ViewerCertificate": {
                "ACMCertificateArn": self.certificate,
                "SSLSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.2_2021",
            },
            "Origins": listed(
                [
                    {
                        "Id": "balancer",
                        "DomainName": origin_host,
                        "VpcOriginConfig": {"VpcOriginId": vpc_origin},
                    },
                    {
                        "Id": "files",
                        "DomainName": f"{self.bucket}.s3.us-east-1.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                        "OriginAccessControlId": access,
                    },
                ]
            ),
            "DefaultCacheBehavior": behavior("balancer", READ),
            "CacheBehaviors": listed(
                [
                    behavior("balancer", ALL, PathPattern="/api/*"),
                    behavior("files", READ, PathPattern="/static/*"),
                ]
            ),
        }
