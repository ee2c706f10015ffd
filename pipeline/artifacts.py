"""Where the pipeline keeps what it carries: one encrypted bucket that goes when the stack goes."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.config import Tools
from portal_stage.acknowledgements import acknowledge
from portal_stage.buckets import Bucket, LogBucket


class ArtifactBucket(Bucket):
    """A bucket of our own: the one that CDK makes by itself stays behind after a destroy."""

    def __init__(self, scope: Construct, id_: str, *, tools: Tools, key: kms.IKey) -> None:
        super().__init__(
            scope,
            id_,
            prefix=tools.name("artifacts"),
            key=key,
            # An artifact is needed until its execution has passed the last gate.
            days=90,
            access_logs=LogBucket(scope, f"{id_}Logs", prefix=tools.name("artifacts-logs")),
        )
        acknowledge(
            self,
            "PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled",
            reason="An artifact is built again from its commit; the repository is what has to be kept twice.",
        )
