"""The static files: a private bucket that only CloudFront reads."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from portal_stage.names import Names

_FILES = Path(__file__).parents[2] / "containers" / "frontend" / "static"
PREFIX = "static/"


class StaticSite(Construct):
    """The files of `containers/frontend/static`, under `static/`; emptied and gone with the stack."""

    def __init__(self, scope: Construct, id_: str, *, names: Names) -> None:
        super().__init__(scope, id_)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name_prefix=names("static"),
            bucket_namespace=s3.BucketNamespace.ACCOUNT_REGIONAL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        s3_deployment.BucketDeployment(
            self,
            "Files",
            sources=[s3_deployment.Source.asset(str(_FILES))],
            destination_bucket=self.bucket,
            destination_key_prefix=PREFIX,
            # The names carry no version yet, so a release shows within five minutes.
            cache_control=[s3_deployment.CacheControl.max_age(cdk.Duration.minutes(5))],
            memory_limit=256,
        )
