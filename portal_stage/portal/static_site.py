"""The static files: a private bucket that only CloudFront reads."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from portal_stage.acknowledgements import acknowledge, name_in_findings
from portal_stage.buckets import Bucket
from portal_stage.names import Names
from portal_stage.qualifier import qualifier_of

_FILES = Path(__file__).parents[2] / "containers" / "frontend" / "static"
PREFIX = "static/"
# Files whose names carry a hash of their content.
_HASHED = "assets/*"
# The position of CDK's statement in the policy of its function; a test holds it.
_INVALIDATION = 2


class StaticSite(Construct):
    """The files of `containers/frontend/static`, under `static/`; emptied and gone with the stack."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, log_bucket: s3.IBucket) -> None:
        super().__init__(scope, id_)
        self.bucket = Bucket(self, "Bucket", prefix=names("static"), access_logs=log_bucket)
        acknowledge(
            self.bucket,
            "PCI.DSS.321::PCI.DSS.321-S3DefaultEncryptionKMS",
            reason="The files are public: pages, scripts and pictures of the release, no customer's data. They are "
            "encrypted by S3's own key.",
        )
        acknowledge(
            self.bucket,
            "PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled",
            reason="The portal lives in one Region, us-east-1, as the brief asks, and every file can be published "
            "again from its commit.",
        )
        self.hashed_files = s3_deployment.BucketDeployment(
            self,
            "HashedFiles",
            sources=[s3_deployment.Source.asset(str(_FILES))],
            destination_bucket=self.bucket,
            destination_key_prefix=PREFIX,
            exclude=["*"],
            include=[_HASHED],
            # Pages that a browser or an edge still holds ask for the release before: nothing is taken away.
            prune=False,
            cache_control=[
                s3_deployment.CacheControl.set_public(),
                s3_deployment.CacheControl.max_age(cdk.Duration.days(365)),
                s3_deployment.CacheControl.immutable(),
            ],
            memory_limit=256,
        )

    def publish(self, distribution: cloudfront.IDistribution) -> None:
        """Put the files without a hash in place, after those that they ask for, and make them seen at once."""
        files = s3_deployment.BucketDeployment(
            self,
            "Files",
            sources=[s3_deployment.Source.asset(str(_FILES))],
            destination_bucket=self.bucket,
            destination_key_prefix=PREFIX,
            exclude=[_HASHED],
            cache_control=[s3_deployment.CacheControl.max_age(cdk.Duration.minutes(5))],
            distribution=distribution,
            distribution_paths=[
                f"/{PREFIX}{path.name}" for path in sorted(_FILES.iterdir()) if path.is_file()
            ],
            memory_limit=256,
        )
        files.node.add_dependency(self.hashed_files)
        self._narrow_invalidation(files.handler_role)
        self._excuse_the_publisher(files.handler_role)

    def _narrow_invalidation(self, role: iam.IRole) -> None:
        """CDK lets the function invalidate every distribution of every account."""
        policy = role.node.find_child("DefaultPolicy").node.default_child
        assert isinstance(policy, iam.CfnPolicy)  # noqa: S101 - for the type checker
        # Not this distribution's ARN: the services would then wait for it, and it is the slowest of all.
        anyone = f"arn:aws:cloudfront::{cdk.Stack.of(self).account}:distribution/*"
        policy.add_property_override(f"PolicyDocument.Statement.{_INVALIDATION}.Resource", anyone)

    def _excuse_the_publisher(self, role: iam.IRole) -> None:
        """The function and its role are CDK's own."""
        stack, function = cdk.Stack.of(self), role.node.scope
        assert function  # noqa: S101 - for the type checker
        acknowledge(
            function,
            "AwsSolutions::AwsSolutions-L1",
            reason="CDK pins the runtime for which it tests the function and the AWS CLI in its layer; it moves with "
            "the pinned CDK.",
        )
        acknowledge(
            function,
            "PCI.DSS.321::PCI.DSS.321-LambdaInsideVPC",
            reason="It copies public files from one bucket to another by AWS APIs, touches no customer's data and "
            "reaches nothing in the VPC. Nobody but CloudFormation invokes it.",
        )
        acknowledge(
            role,
            *(
                f"AwsSolutions::AwsSolutions-IAM5[{wildcard}]"
                for wildcard in (
                    "Action::s3:GetBucket*",
                    "Action::s3:GetObject*",
                    "Action::s3:List*",
                    "Action::s3:Abort*",
                    "Action::s3:DeleteObject*",
                    f"Resource::<{name_in_findings(self.bucket)}.Arn>/*",
                    f"Resource::arn:aws:s3:::cdk-{qualifier_of(stack)}-assets-{stack.account}-{stack.region}/*",
                    "Resource::*",
                )
            ),
            reason="CDK's function synchronizes a release: any file of the bootstrap's assets, to any path of this one "
            "bucket. Both buckets hold only what the pipeline builds.",
        )
