"""A bucket for logs that AWS delivers to S3 only."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from portal_stage.acknowledgements import acknowledge


class LogBucket(s3.Bucket):
    """Keeps each file for 14 days, also one that was overwritten or deleted; SSE-S3, because the balancer's log
    delivery takes no key of ours."""

    def __init__(self, scope: Construct, id_: str, *, prefix: str) -> None:
        super().__init__(
            scope,
            id_,
            bucket_name_prefix=prefix,
            bucket_namespace=s3.BucketNamespace.ACCOUNT_REGIONAL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(14), noncurrent_version_expiration=cdk.Duration.days(14)
                )
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        acknowledge(
            self,
            "PCI.DSS.321::PCI.DSS.321-S3DefaultEncryptionKMS",
            reason="Elastic Load Balancing and S3 deliver logs only to a bucket with SSE-S3.",
        )
        acknowledge(
            self,
            "PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled",
            reason="The portal lives in one Region, us-east-1, as the brief asks. A bank that keeps its logs longer or "
            "elsewhere sends them to its log archive.",
        )
