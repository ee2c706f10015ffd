"""Where the pipeline keeps what it carries: one encrypted bucket that goes when the stack goes."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from pipeline.config import Tools
from portal_stage.acknowledgements import acknowledge
from portal_stage.portal.log_bucket import LogBucket


class ArtifactBucket(s3.Bucket):
    """A bucket of our own: the one that CDK makes by itself stays behind after a destroy."""

    def __init__(self, scope: Construct, id_: str, *, tools: Tools, key: kms.IKey) -> None:
        logs = LogBucket(scope, f"{id_}Logs", prefix=tools.name("artifacts-logs"))
        super().__init__(
            scope,
            id_,
            bucket_name_prefix=tools.name("artifacts"),
            bucket_namespace=s3.BucketNamespace.ACCOUNT_REGIONAL,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # An artifact is needed until its execution has passed the last gate.
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(90), noncurrent_version_expiration=cdk.Duration.days(14)
                )
            ],
            versioned=True,
            server_access_logs_bucket=logs,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        acknowledge(
            self,
            "PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled",
            reason="An artifact is built again from its commit; the repository is what has to be kept twice.",
        )
