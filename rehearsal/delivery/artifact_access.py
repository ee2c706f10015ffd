"""Whether a role may read or write the pipeline's artifacts: by its own policies, the bucket's and the key's."""

from rehearsal.cloud.auth import refusal

from .errors import ActionFailed
from .pipelines import DeployedPipeline

READ = ("s3:GetObject", "kms:Decrypt")
WRITE = ("s3:PutObject", "kms:GenerateDataKey")


def check_artifacts(pipeline: DeployedPipeline, role_arn: str, needed: tuple[str, str]) -> None:
    """For READ or WRITE; across accounts the owner's policies must name the role, and the role's own allow it too.

    Raises ActionFailed with what is missing: on AWS the action could not read its input, or not write its output.
    """
    store = pipeline.declaration["artifactStore"]
    bucket, key = store["location"], store.get("encryptionKey", {}).get("id")
    if key is None and role_arn.split(":")[4] != pipeline.account:
        raise ActionFailed(
            f"{role_arn} cannot read the artifacts: they are encrypted with the key aws/s3, which no other "
            "account can use; give the pipeline's artifact store a key of its own"
        )
    on_objects, on_key = needed
    via = {"kms:ViaService": f"s3.{pipeline.region}.amazonaws.com"}
    reasons = [refusal(role_arn, on_objects, f"arn:aws:s3:::{bucket}/{pipeline.name}/*")]
    if key is not None:  # everyone in the account may use aws/s3
        reasons.append(refusal(role_arn, on_key, key, keys=via))
    if reason := next(filter(None, reasons), None):
        raise ActionFailed(reason)
