"""Buckets: closed to the public, encrypted, reached by TLS only, emptied and gone with their stack."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from portal_stage.acknowledgements import acknowledge

_OVERWRITTEN = cdk.Duration.days(14)


class Bucket(s3.Bucket):
    """Keeps what was overwritten or deleted for 14 days more; encrypted by S3's own key where none is given."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        prefix: str,
        key: kms.IKey | None = None,
        days: int | None = None,
        access_logs: s3.IBucket | None = None,
    ) -> None:
        """`prefix`: of its name, behind which S3 puts account and Region. `days`: after these an object goes.
        `access_logs`: where each request for it is logged, under its prefix."""
        super().__init__(
            scope,
            id_,
            bucket_name_prefix=prefix,
            bucket_namespace=s3.BucketNamespace.ACCOUNT_REGIONAL,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{prefix}/" if access_logs else None,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(days) if days else None,
                    noncurrent_version_expiration=_OVERWRITTEN,
                )
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )


class LogBucket(Bucket):
    """For logs that AWS delivers to S3 only: each file stays for 14 days."""

    def __init__(self, scope: Construct, id_: str, *, prefix: str) -> None:
        super().__init__(scope, id_, prefix=prefix, days=14)
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
